package dev.unrolling.unlearning.recording;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Collects, during a run, what the unlearning methods need: the start, the gradient of x* there,
 * the rates of its visits so far and what they took away. Made before the run, at w_0, and given to
 * the trainer before any listener that reads it:
 *
 * <pre>{@code
 * try (ForgettingRecorder recorder = new ForgettingRecorder(m, order, trainer, removal)) {
 *   trainer.trainInLockStep(m, retrained, order, removal, recorder, measurements);
 *   ParameterVector w = new SingleGradientUnlearning().unlearnedWeights(recorder);
 * }
 * }</pre>
 *
 * <p>What it watches must be the run that it was made for: at each step network, batch, objective,
 * rate, momentum and removal are compared with those of its own, and at the first step w_0.
 *
 * <p>It holds three vectors, with momentum or a falling gamma one more each (two more during a
 * visit), and one copy of the start in host memory.
 */
public final class ForgettingRecorder implements StepListener, AutoCloseable {

  /**
   * What a recorder has collected, to go on with after an interruption.
   *
   * @param counts its numbers
   * @param vectors each rank 1: what the visits took from the weights, and with momentum what they
   *     have put into its running sum
   */
  public record Collected(VisitCounts counts, List<INDArray> vectors) {

    /** Copies the list. */
    public Collected {
      vectors = List.copyOf(vectors);
    }
  }

  private final ForgettingRun run;
  private final Mode mode;
  private final NetworkState startState;
  private final ParameterVector startWeights;
  private final ForgottenGradient start;
  private final TakenByVisits taken;
  private VisitCounts counts = VisitCounts.NONE;

  /** A recorder that takes gradients in {@link Mode#TRAINING}, as a step of SGD does. */
  public ForgettingRecorder(
      Network network, BatchOrder order, SgdTrainer trainer, Removal removal) {
    this(network, order, trainer, removal, Mode.TRAINING);
  }

  /**
   * A recorder of a run that starts from a network's present state.
   *
   * @param network M, not yet moved; read, not owned
   * @param order with a forget batch
   * @param trainer of the run, at its first step
   * @param removal what is forgotten at a visit, and how M' leaves it out
   * @param mode of the gradient at w_0: {@link Mode#TRAINING} is what SGD followed; with batch
   *     norm, a single point needs {@link Mode#EVALUATION}, for its own statistics are not those of
   *     its batch
   * @throws IllegalStateException if the order has no forget batch
   * @throws IllegalArgumentException if the removal cannot be meant in this order ({@link
   *     Removal#check})
   */
  public ForgettingRecorder(
      Network network, BatchOrder order, SgdTrainer trainer, Removal removal, Mode mode) {
    this.run = new ForgettingRun(network, order, trainer, removal);
    this.mode = mode;
    this.start = run.forgottenGradient(0, order.steps(), mode);
    this.startState = network.saveState();
    this.startWeights = network.weights();
    this.taken = new TakenByVisits(network, removal, trainer.momentum() > 0);
  }

  @Override
  public void beforeStep(Step step) {
    run.check(step, counts.stepsDone(), startWeights);
    if (step.forgetVisit()) {
      taken.beforeVisit(step, objective -> run.gradientAtVisit(objective, mode));
    }
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    taken.afterStep(step);
    counts = counts.after(step, start);
  }

  /** What has been collected so far, in host memory. */
  public Collected collected() {
    return new Collected(counts, taken.vectors());
  }

  /**
   * Goes on from what an earlier recorder of the same run had collected. To be called on a new
   * recorder, made while the network was at w_0; the network is then to be restored to the step
   * reached.
   *
   * @throws IllegalArgumentException if this recorder has watched a step already, or what was
   *     collected is of another trainer or a longer run
   */
  public void resume(Collected earlier) {
    int done = earlier.counts().stepsDone();
    if (counts.stepsDone() != 0 || done > order().steps()) {
      throw new IllegalArgumentException(
          "a new recorder goes on from at most the %s steps of its run, not one after %s steps from %s"
              .formatted(order().steps(), counts.stepsDone(), done));
    }
    taken.resume(earlier.vectors());
    counts = earlier.counts();
  }

  /** Fails if no step was watched, so that there is nothing to forget. */
  public void requireSteps() {
    counts.requireSteps();
  }

  /** The run that it was made for. */
  public ForgettingRun run() {
    return run;
  }

  /** The network M of the run. */
  public Network network() {
    return run.network();
  }

  /** The order of the run. */
  public BatchOrder order() {
    return run.order();
  }

  /** The trainer of the run. */
  public SgdTrainer trainer() {
    return run.trainer();
  }

  /** How M' leaves out a visit. */
  public Removal removal() {
    return run.removal();
  }

  /** Number of steps t so far. */
  public int stepsDone() {
    return counts.stepsDone();
  }

  /** Number of visits m so far. */
  public int visits() {
    return counts.visits();
  }

  /** The state of M at w_0. */
  public NetworkState startState() {
    return startState;
  }

  /** The weights w_0. Closed with this. */
  public ParameterVector startWeights() {
    return startWeights;
  }

  /**
   * The gradient at w_0 of what is forgotten, under the objective of the first visit. Closed with
   * this.
   */
  public ParameterVector startGradient() {
    return start.first();
  }

  /** Sum of what each visit so far took from the weights. Closed with this. */
  public ParameterVector takenByVisits() {
    return taken.weights();
  }

  /**
   * What single gradient unlearning multiplies the gradient by at the present step. Where gamma
   * falls, the method adds the penalty's part of it by a factor of its own.
   */
  public double factor(GradientFactor factor) {
    return factor.value(counts.gradient());
  }

  /** The gradient of {@link #startGradient}, and where gamma falls the penalty's part of it. */
  public List<ParameterVector> startGradients() {
    return start.vectors();
  }

  /** What one of {@link #startGradients} weighs in each step so far: nothing where no visit is. */
  public double[] visitWeights(int part) {
    return run.visitWeights(start, stepsDone(), part);
  }

  /** M's running sum of momentum, zero before its first step: a new vector. */
  ParameterVector runningSum() {
    return taken.runningSum();
  }

  /** Adds, to first order, what the visits took from the weights; returns {@code weights}. */
  public ParameterVector addForgotten(ParameterVector weights, GradientFactor factor) {
    return start.addTo(weights, factor.value(counts.gradient()), factor.value(counts.penalty()));
  }

  /**
   * To first order, the share of what is forgotten in M's running sum of momentum: its gradient at
   * w_0, weighed by the momentum since each visit.
   *
   * @return a new vector that the caller closes; empty without momentum
   */
  public Optional<ParameterVector> velocityShare() {
    return trainer().momentum() == 0
        ? Optional.empty()
        : Optional.of(counts.addVelocityShare(network().weights().scaleInPlace(0), start));
  }

  /** The same as it was measured at each visit; empty without momentum. Closed with this. */
  public Optional<ParameterVector> putIntoVelocity() {
    return taken.velocity();
  }

  /** norm2(w_t - w_0): how far M has moved. */
  public double movement() {
    try (ParameterVector weights = network().weights()) {
      return weights.addInPlace(-1, startWeights).norm2();
    }
  }

  @Override
  public void close() {
    startWeights.close();
    start.close();
    taken.close();
  }
}
