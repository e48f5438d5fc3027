package dev.unrolling.unlearning;

import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Takes, during a run, the gradient of what is to be forgotten at the checkpoints (paper section
 * 2.5). Given to the trainer after the {@link ForgettingRecorder} that it belongs to; several, of
 * different spacings, may watch one run.
 *
 * <p>A gradient is taken only at a checkpoint that a visit will rely on, and held until the next;
 * what the visits are undone by is summed as they come. So it holds at most two vectors, three with
 * momentum, although {@link #stored} counts what one would have to keep who learns only afterwards
 * which visits to undo.
 */
public final class CheckpointRecorder implements StepListener, AutoCloseable {

  /**
   * The numbers of a recorder.
   *
   * @param stepsDone t
   * @param gradients taken so far
   */
  public record Counts(int stepsDone, int gradients) {}

  /**
   * What a recorder has collected, to go on with after an interruption.
   *
   * @param counts its numbers
   * @param vectors each rank 1: what undoes the visits; with the momentum-corrected factor, its
   *     running sum; the gradient at the last checkpoint, if a visit may still rely on it
   */
  public record Collected(Counts counts, List<INDArray> vectors) {

    /** Copies the list. */
    public Collected {
      vectors = List.copyOf(vectors);
    }
  }

  private final ForgettingRecorder recorder;
  private final CheckpointSpacing spacing;
  private final SingleGradientUnlearning.Factor factor;
  private final Mode mode;
  private ParameterVector taken;
  private Optional<ParameterVector> velocity;
  private Optional<ParameterVector> gradient = Optional.empty();
  private int gradients;
  private int stepsDone;

  /** A recorder in {@link Mode#TRAINING} that multiplies a gradient by its visit's rate. */
  public CheckpointRecorder(ForgettingRecorder recorder, CheckpointSpacing spacing) {
    this(recorder, spacing, SingleGradientUnlearning.Factor.SUM_OF_RATES, Mode.TRAINING);
  }

  /**
   * A recorder of a run that starts from a network's present state.
   *
   * @param recorder of the same run, not yet moved; read, not owned
   * @param spacing of the checkpoints
   * @param factor what a visit's gradient is multiplied by
   * @param mode of the gradients: as in {@link ForgettingRecorder}
   */
  public CheckpointRecorder(
      ForgettingRecorder recorder,
      CheckpointSpacing spacing,
      SingleGradientUnlearning.Factor factor,
      Mode mode) {
    if (recorder.stepsDone() != 0) {
      throw new IllegalStateException(
          "checkpoints are recorded from step 0, not from step " + recorder.stepsDone());
    }
    this.recorder = recorder;
    this.spacing = spacing;
    this.factor = factor;
    this.mode = mode;
    this.taken = recorder.network().weights().scaleInPlace(0);
    this.velocity =
        usesMomentum()
            ? Optional.of(recorder.network().weights().scaleInPlace(0))
            : Optional.empty();
  }

  private boolean usesMomentum() {
    return factor == SingleGradientUnlearning.Factor.MOMENTUM_CORRECTED
        && recorder.trainer().momentum() > 0;
  }

  @Override
  public void beforeStep(Step step) {
    if (step.index() != stepsDone || step.network() != recorder.network()) {
      throw new IllegalStateException(
          "the checkpoint recorder expects step "
              + stepsDone
              + " of its own network, not step "
              + step.index()
              + "; make a new one before each run");
    }
    if (!spacing.isAt(step.index())) {
      return;
    }
    gradient.ifPresent(ParameterVector::close);
    gradient = Optional.empty();
    if (isVisitedFrom(step.index())) {
      gradient = Optional.of(forgottenGradient());
      gradients++;
    }
  }

  /** Whether a visit comes before the next checkpoint. */
  private boolean isVisitedFrom(int checkpoint) {
    int end = (int) Math.min((long) checkpoint + spacing.steps(), recorder.order().steps());
    for (int step = checkpoint; step < end; step++) {
      if (recorder.order().isForgetVisit(step)) {
        return true;
      }
    }
    return false;
  }

  private ParameterVector forgottenGradient() {
    Network network = recorder.network();
    LossGradient result =
        network.gradient(
            recorder.omission().forgotten(recorder.order().forgetBatch()),
            recorder.omission().forgottenObjective(recorder.trainer().objective()),
            mode);
    return result.gradient();
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    double rate = step.update().rate();
    ParameterVector target = velocity.orElse(taken);
    velocity.ifPresent(sum -> sum.scaleInPlace(step.update().momentum()));
    if (step.forgetVisit()) {
      target.addInPlace(velocity.isPresent() ? 1 : rate, gradient.orElseThrow());
    }
    velocity.ifPresent(sum -> taken.addInPlace(rate, sum));
    stepsDone++;
  }

  /** What has been collected so far, in host memory. */
  public Collected collected() {
    boolean held = gradient.isPresent() && !spacing.isAt(stepsDone);
    return new Collected(
        new Counts(stepsDone, gradients),
        Stream.of(Optional.of(taken), velocity, held ? gradient : Optional.<ParameterVector>empty())
            .flatMap(Optional::stream)
            .map(ParameterVector::toArray)
            .toList());
  }

  /**
   * Goes on from what an earlier recorder of the same run, spacing and factor had collected. To be
   * called on a new recorder, made while the network was at w_0.
   *
   * @throws IllegalArgumentException if there are too few or too many vectors for such a recorder
   */
  public void resume(Collected earlier) {
    Deque<INDArray> vectors = new ArrayDeque<>(earlier.vectors());
    int least = velocity.isPresent() ? 2 : 1;
    if (vectors.size() < least || vectors.size() > least + 1) {
      throw new IllegalArgumentException(
          "the recorder goes on from "
              + least
              + " vectors, or one more, not from "
              + vectors.size()
              + "; give it what one of the same factor had collected");
    }
    close();
    Network network = recorder.network();
    taken = network.vector(vectors.remove());
    velocity = velocity.map(old -> network.vector(vectors.remove()));
    gradient = Optional.ofNullable(vectors.poll()).map(network::vector);
    gradients = earlier.counts().gradients();
    stepsDone = earlier.counts().stepsDone();
  }

  /** Where the checkpoints are. */
  public CheckpointSpacing spacing() {
    return spacing;
  }

  /** What is to be added to w_t to undo the visits so far. Closed with this. */
  public ParameterVector takenByVisits() {
    return taken;
  }

  /** What must be stored up to now by one who learns only now that x* is to be forgotten. */
  public StoredGradients stored() {
    return new StoredGradients(
        gradients, recorder.network().layout().size(), recorder.network().engine().precision());
  }

  /** Whether this has watched the same steps of the same run. */
  boolean belongsTo(ForgettingRecorder other) {
    return other == recorder && other.stepsDone() == stepsDone;
  }

  @Override
  public void close() {
    taken.close();
    velocity.ifPresent(ParameterVector::close);
    gradient.ifPresent(ParameterVector::close);
  }
}
