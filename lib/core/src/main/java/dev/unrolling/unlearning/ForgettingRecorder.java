package dev.unrolling.unlearning;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Omission;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Collects, during a run, what the unlearning methods need: the start, the gradient of x* there,
 * the rates of its visits so far and what they took away. Made before the run, at w_0, and given to
 * the trainer before any listener that reads it:
 *
 * <pre>{@code
 * try (ForgettingRecorder recorder = new ForgettingRecorder(m, order, trainer, omission)) {
 *   trainer.trainInLockStep(m, retrained, order, omission, recorder, measurements);
 *   ParameterVector w = new SingleGradientUnlearning().unlearnedWeights(recorder);
 * }
 * }</pre>
 *
 * <p>It holds four vectors (a fifth during a visit) and one copy of the start in host memory.
 */
public final class ForgettingRecorder implements StepListener, AutoCloseable {

  /**
   * The numbers of a recorder.
   *
   * @param stepsDone t
   * @param visits m so far
   * @param sumOfRates of the visits
   * @param velocityShare share of the gradient of x* in the running sum of momentum
   * @param correctedSum the momentum-corrected factor
   */
  public record Counts(
      int stepsDone, int visits, double sumOfRates, double velocityShare, double correctedSum) {}

  /**
   * What a recorder has collected, to go on with after an interruption.
   *
   * @param counts its numbers
   * @param taken what the visits took from the weights, rank 1
   */
  public record Collected(Counts counts, INDArray taken) {}

  private final Network network;
  private final BatchOrder order;
  private final SgdTrainer trainer;
  private final Omission omission;
  private final Mode mode;
  private final NetworkState startState;
  private final ParameterVector startWeights;
  private final ParameterVector startGradient;
  private ParameterVector taken;
  private Optional<ParameterVector> beforeVisit = Optional.empty();
  private int stepsDone;
  private int visits;
  private double sumOfRates;
  private double velocityShare;
  private double correctedSum;

  /** A recorder that takes gradients in {@link Mode#TRAINING}, as a step of SGD does. */
  public ForgettingRecorder(
      Network network, BatchOrder order, SgdTrainer trainer, Omission omission) {
    this(network, order, trainer, omission, Mode.TRAINING);
  }

  /**
   * A recorder of a run that starts from a network's present state.
   *
   * @param network M, not yet moved; read, not owned
   * @param order with a forget batch
   * @param trainer of the run, at its first step
   * @param omission what is forgotten at a visit, and how M' leaves it out
   * @param mode of the gradient at w_0: {@link Mode#TRAINING} is what SGD followed; with batch
   *     norm, a single point needs {@link Mode#EVALUATION}
   */
  public ForgettingRecorder(
      Network network, BatchOrder order, SgdTrainer trainer, Omission omission, Mode mode) {
    this.network = network;
    this.order = order;
    this.trainer = trainer;
    this.omission = omission;
    this.mode = mode;
    this.startGradient = forgottenGradient(order.forgetBatch());
    this.startState = network.saveState();
    this.startWeights = network.weights();
    this.taken = network.weights().scaleInPlace(0);
  }

  @Override
  public void beforeStep(Step step) {
    if (step.index() != stepsDone || step.network() != network) {
      throw new IllegalStateException(
          "the recorder expects step "
              + stepsDone
              + " of its own network, not step "
              + step.index()
              + "; make a new one before each run");
    }
    if (!step.forgetVisit()) {
      return;
    }
    if (omission instanceof Omission.WithoutPoint) {
      try (ParameterVector gradient = forgottenGradient(step.batch())) {
        taken.addInPlace(step.update().rate(), gradient);
      }
    } else {
      beforeVisit = Optional.of(network.weights());
    }
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    double rate = step.update().rate();
    if (beforeVisit.isPresent()) {
      try (ParameterVector before = beforeVisit.get();
          ParameterVector after = network.weights()) {
        taken.addInPlace(1, before.addInPlace(-1, after));
      }
      beforeVisit = Optional.empty();
    }
    // The share of the gradient of x* in the running sum of momentum, and in the weights.
    velocityShare = step.update().momentum() * velocityShare + (step.forgetVisit() ? 1 : 0);
    correctedSum += rate * velocityShare;
    if (step.forgetVisit()) {
      sumOfRates += rate;
      visits++;
    }
    stepsDone++;
  }

  private ParameterVector forgottenGradient(Batch visited) {
    LossGradient result =
        network.gradient(
            omission.forgotten(visited), omission.forgottenObjective(trainer.objective()), mode);
    return result.gradient();
  }

  /** What has been collected so far, in host memory. */
  public Collected collected() {
    return new Collected(
        new Counts(stepsDone, visits, sumOfRates, velocityShare, correctedSum), taken.toArray());
  }

  /**
   * Goes on from what an earlier recorder of the same run had collected. To be called on a new
   * recorder, made while the network was at w_0; the network is then to be restored to the step
   * reached.
   */
  public void resume(Collected earlier) {
    ParameterVector vector = network.vector(earlier.taken());
    taken.close();
    taken = vector;
    stepsDone = earlier.counts().stepsDone();
    visits = earlier.counts().visits();
    sumOfRates = earlier.counts().sumOfRates();
    velocityShare = earlier.counts().velocityShare();
    correctedSum = earlier.counts().correctedSum();
  }

  /** The network M of the run. */
  public Network network() {
    return network;
  }

  /** The order of the run. */
  public BatchOrder order() {
    return order;
  }

  /** The trainer of the run. */
  public SgdTrainer trainer() {
    return trainer;
  }

  /** How M' leaves out a visit. */
  public Omission omission() {
    return omission;
  }

  /** Number of steps t so far. */
  public int stepsDone() {
    return stepsDone;
  }

  /** Number of visits m so far. */
  public int visits() {
    return visits;
  }

  /** The state of M at w_0. */
  public NetworkState startState() {
    return startState;
  }

  /** The weights w_0. Closed with this. */
  public ParameterVector startWeights() {
    return startWeights;
  }

  /** The gradient at w_0 of what is forgotten. Closed with this. */
  public ParameterVector startGradient() {
    return startGradient;
  }

  /** Sum of what each visit so far took from the weights. Closed with this. */
  public ParameterVector takenByVisits() {
    return taken;
  }

  /** What single gradient unlearning multiplies the gradient by at the present step. */
  public double factor(SingleGradientUnlearning.Factor factor) {
    return switch (factor) {
      case SUM_OF_RATES -> sumOfRates;
      case MOMENTUM_CORRECTED -> correctedSum;
    };
  }

  /** norm2(w_t - w_0): how far M has moved. */
  public double movement() {
    try (ParameterVector weights = network.weights()) {
      return weights.addInPlace(-1, startWeights).norm2();
    }
  }

  @Override
  public void close() {
    startWeights.close();
    startGradient.close();
    taken.close();
    beforeVisit.ifPresent(ParameterVector::close);
  }
}
