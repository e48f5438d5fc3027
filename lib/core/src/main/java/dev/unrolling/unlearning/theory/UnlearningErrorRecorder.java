package dev.unrolling.unlearning.theory;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.unlearning.recording.WatchedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * The unlearning error while a network trains (claims 2.3 and 2.4): every so many steps, and at the
 * last, sigma and the movement are measured. Made before the run, at w_0, and given to the trainer:
 *
 * <pre>{@code
 * try (var recorder = new UnlearningErrorRecorder(network, order, trainer, 200)) {
 *   trainer.train(network, order, recorder);
 *   recorder.measurements().forEach(m -> System.out.println(m.stepsDone() + " " + m.e1()));
 * }
 * }</pre>
 *
 * <p>{@link SigmaMeasurement} says how sigma is measured; {@link #value} gives any other form of
 * the error, such as the authors', from the same measurements. {@link CheckpointedError} takes its
 * sigmas from here.
 *
 * <p>With rates that vary, eta is their mean over the steps so far, and \( e = \bar\eta e_1 \).
 * Where \( e_1 \) then has \( \bar\eta (t - 1) / 2 \), the derivation has \( \sum_i \eta_i \sum_{j
 * &lt; i} \eta_j / \sum_i \eta_i \): they differ by a share of the order of 1/t. Where gamma falls,
 * sigma is that of each step's own objective. Momentum does not enter.
 *
 * <p>A run whose weights are no longer finite is not measured: the trainer ends it. An interrupt
 * waits for the measurement at hand, as it does for the step. Holds one vector, and a second while
 * it measures.
 */
public final class UnlearningErrorRecorder implements StepListener, AutoCloseable {

  /**
   * What was measured after a step.
   *
   * @param stepsDone t, at least 1
   * @param rate mean learning rate of the steps so far
   * @param movement norm2(w_t - w_0)
   * @param sigma of this measurement alone
   * @param e as {@link UnlearningError#published()}, with the mean of the sigmas so far
   * @param e1 as {@link UnlearningError#oneEta()}, in the unit of a weight
   */
  public record Measurement(
      int stepsDone, double rate, double movement, Sigma sigma, double e, double e1) {}

  /**
   * What a recorder has collected, to resume from after an interruption.
   *
   * @param stepsDone t
   * @param rate mean learning rate of the steps so far
   * @param measurements in order
   */
  public record Collected(int stepsDone, double rate, List<Measurement> measurements) {

    /** Copies the list. */
    public Collected {
      measurements = List.copyOf(measurements);
    }
  }

  private final WatchedRun run;
  private final int everySteps;
  private final SigmaMeasurement measurement;
  private final ParameterVector startWeights;
  private final List<Measurement> measurements = new ArrayList<>();
  private int stepsDone;
  private double rate;

  /** A recorder that measures sigma as {@link SigmaMeasurement#standard()}. */
  public UnlearningErrorRecorder(
      Network network, BatchOrder order, SgdTrainer trainer, int everySteps) {
    this(network, order, trainer, everySteps, SigmaMeasurement.standard());
  }

  /**
   * A recorder of a run that starts from a network's present weights.
   *
   * @param network M, not yet moved; read, not owned
   * @param order of the run
   * @param trainer of the run, at its first step
   * @param everySteps steps between two measurements, at least 1; the last step is measured too
   * @param measurement of sigma
   * @throws IllegalArgumentException if a value is out of range, or a fixed batch does not fit the
   *     network
   */
  public UnlearningErrorRecorder(
      Network network,
      BatchOrder order,
      SgdTrainer trainer,
      int everySteps,
      SigmaMeasurement measurement) {
    if (everySteps < 1) {
      throw new IllegalArgumentException(
          "the unlearning error is measured every 1 step or more, not every " + everySteps);
    }
    measurement.checkFits(network);
    this.run = new WatchedRun(network, order, trainer);
    this.everySteps = everySteps;
    this.measurement = measurement;
    this.startWeights = network.weights();
  }

  @Override
  public void beforeStep(Step step) {
    run.check(step, stepsDone, startWeights);
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    stepsDone++;
    // Of equal rates this mean is that rate, to the last bit.
    rate += (step.update().rate() - rate) / stepsDone;
    if (stepsDone % everySteps != 0 && stepsDone != run.order().steps()) {
      return;
    }
    double movement = run.movement(startWeights);
    if (!Double.isFinite(movement)) {
      return;
    }
    Sigma sigma = uninterrupted(step);
    List<Double> all = new ArrayList<>(eigenvalues());
    all.add(sigma.signed());
    measurements.add(
        new Measurement(
            stepsDone,
            rate,
            movement,
            sigma,
            UnlearningError.published().value(rate, movement, stepsDone, all),
            UnlearningError.oneEta().value(rate, movement, stepsDone, all)));
  }

  // An interrupted run keeps the step that it was taking, so the step's measurement is finished.
  private Sigma uninterrupted(Step step) {
    boolean interrupted = Thread.interrupted();
    while (true) {
      try {
        Sigma sigma = measurement.measure(step.network(), step.batch(), step.objective());
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return sigma;
      } catch (CancellationException again) {
        Thread.interrupted();
        interrupted = true;
      }
    }
  }

  private List<Double> eigenvalues() {
    return measurements.stream().map(m -> m.sigma().signed()).toList();
  }

  /** All that was measured so far, in order. */
  public List<Measurement> measurements() {
    return List.copyOf(measurements);
  }

  /** What was measured after the step just taken; empty if that was not one to measure. */
  public Optional<Measurement> justMeasured() {
    return measurements.stream().reduce((a, b) -> b).filter(m -> m.stepsDone() == stepsDone);
  }

  /**
   * A form of the error at the last measurement so far, e.g. {@link
   * UnlearningError#authorsSquareRoot()}, or {@code
   * UnlearningError.published().withAveraging(LAST)} with that measurement's sigma alone.
   *
   * @throws IllegalStateException if nothing was measured yet
   */
  public double value(UnlearningError error) {
    if (measurements.isEmpty()) {
      throw new IllegalStateException(
          "nothing was measured in "
              + stepsDone
              + " steps: the first measurement follows step "
              + Math.min(everySteps, run.order().steps())
              + "; give the recorder to the trainer, e.g. trainer.train(network, order, recorder)");
    }
    return value(error, measurements.size() - 1);
  }

  /**
   * A form of the error at each measurement.
   *
   * @return as many as {@link #measurements}, in their order
   */
  public List<Double> values(UnlearningError error) {
    return IntStream.range(0, measurements.size()).mapToObj(i -> value(error, i)).toList();
  }

  private double value(UnlearningError error, int index) {
    Measurement m = measurements.get(index);
    return error.value(m.rate(), m.movement(), m.stepsDone(), eigenvalues().subList(0, index + 1));
  }

  /** Number of steps t so far. */
  public int stepsDone() {
    return stepsDone;
  }

  /** The weights w_0. Closed with this. */
  public ParameterVector startWeights() {
    return startWeights;
  }

  /** What has been collected so far. */
  public Collected collected() {
    return new Collected(stepsDone, rate, measurements);
  }

  /**
   * Resumes from what an earlier recorder of the same run had collected. To be called on a new
   * recorder, made while the network was at w_0; the network is then to be restored to the step
   * reached.
   *
   * @throws IllegalArgumentException if this recorder has watched a step already, or the earlier
   *     run is longer
   */
  public void resume(Collected earlier) {
    if (stepsDone != 0 || earlier.stepsDone() > run.order().steps()) {
      throw new IllegalArgumentException(
          "a new recorder resumes from at most the "
              + run.order().steps()
              + " steps of its run, not one after "
              + stepsDone
              + " steps from "
              + earlier.stepsDone());
    }
    stepsDone = earlier.stepsDone();
    rate = earlier.rate();
    measurements.addAll(earlier.measurements());
  }

  @Override
  public void close() {
    startWeights.close();
  }
}
