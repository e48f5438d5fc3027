package dev.unrolling.unlearning.recording;

import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Takes, during a run, the gradient of what is to be forgotten at the checkpoints (claim 2.5).
 * Given to the trainer after the {@link ForgettingRecorder} that it belongs to; several, of
 * different spacings, may watch one run.
 *
 * <p>A gradient is taken only at a checkpoint that a visit will rely on, and held until the next;
 * what the visits are undone by is summed as they come. So it holds at most two vectors, one more
 * with momentum and one where gamma falls between two checkpoints, although {@link #stored} counts
 * what one would have to keep who learns only afterwards which visits to undo.
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
   * @param vectors each rank 1: what undoes the visits; with momentum, what they have put into its
   *     running sum; the gradient at the last checkpoint, if a visit may still rely on it, and
   *     where gamma falls between such visits the penalty's part of it
   */
  public record Collected(Counts counts, List<INDArray> vectors) {

    /** Copies the list. */
    public Collected {
      vectors = List.copyOf(vectors);
    }
  }

  private final ForgettingRecorder recorder;
  private final CheckpointSpacing spacing;
  private final GradientFactor factor;
  private final Mode mode;
  private ParameterVector taken;
  private Optional<ParameterVector> velocity;
  private Optional<ForgottenGradient> gradient = Optional.empty();
  private int gradients;
  private int stepsDone;

  /** A recorder in {@link Mode#TRAINING} that multiplies a gradient by its visit's rate. */
  public CheckpointRecorder(ForgettingRecorder recorder, CheckpointSpacing spacing) {
    this(recorder, spacing, GradientFactor.SUM_OF_RATES, Mode.TRAINING);
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
      ForgettingRecorder recorder, CheckpointSpacing spacing, GradientFactor factor, Mode mode) {
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
        recorder.trainer().momentum() > 0
            ? Optional.of(recorder.network().weights().scaleInPlace(0))
            : Optional.empty();
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
    gradient.ifPresent(ForgottenGradient::close);
    gradient = Optional.empty();
    if (!visitsFrom(step.index()).isEmpty()) {
      gradient =
          Optional.of(recorder.run().forgottenGradient(step.index(), end(step.index()), mode));
      gradients += gradient.get().vectors().size();
    }
  }

  /** What is trained at the visits that come before the next checkpoint. */
  private List<Objective> visitsFrom(int checkpoint) {
    return recorder.run().objectivesOfVisits(checkpoint, end(checkpoint));
  }

  private int end(int checkpoint) {
    return (int) Math.min((long) checkpoint + spacing.steps(), recorder.order().steps());
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    double rate = step.update().rate();
    velocity.ifPresent(sum -> sum.scaleInPlace(step.update().momentum()));
    if (step.forgetVisit()) {
      ForgottenGradient ofVisit = gradient.orElseThrow();
      double penalty = ofVisit.penaltyWeight(step.objective());
      velocity.ifPresent(sum -> ofVisit.addTo(sum, 1, penalty));
      if (!followsMomentum()) {
        ofVisit.addTo(taken, rate, rate * penalty);
      }
    }
    if (followsMomentum()) {
      taken.addInPlace(rate, velocity.orElseThrow());
    }
    stepsDone++;
  }

  private boolean followsMomentum() {
    return factor == GradientFactor.MOMENTUM_CORRECTED && velocity.isPresent();
  }

  /** What has been collected so far, in host memory. */
  public Collected collected() {
    Optional<ForgottenGradient> held = gradient.filter(g -> !spacing.isAt(stepsDone));
    List<ParameterVector> vectors = new ArrayList<>(List.of(taken));
    velocity.ifPresent(vectors::add);
    held.ifPresent(g -> vectors.addAll(g.vectors()));
    return new Collected(
        new Counts(stepsDone, gradients), vectors.stream().map(ParameterVector::toArray).toList());
  }

  /**
   * Goes on from what an earlier recorder of the same run, spacing and factor had collected. To be
   * called on a new recorder, made while the network was at w_0.
   *
   * @throws IllegalArgumentException if this recorder has watched a step, or there are too few or
   *     too many vectors for one of its run
   */
  public void resume(Collected earlier) {
    int sums = velocity.isPresent() ? 2 : 1;
    List<Objective> visits = visitsFrom(spacing.lastBefore(earlier.counts().stepsDone()));
    int all = sums + (visits.isEmpty() ? 0 : ForgottenGradient.size(visits));
    int found = earlier.vectors().size();
    if (stepsDone != 0 || found != sums && found != all) {
      throw new IllegalArgumentException(
          "a new recorder goes on from "
              + sums
              + (all == sums ? "" : " or " + all)
              + " vectors, not one after "
              + stepsDone
              + " steps from "
              + found
              + "; give it what one of the same run and spacing had collected");
    }
    List<ParameterVector> vectors =
        earlier.vectors().stream().map(recorder.network()::vector).toList();
    close();
    taken = vectors.get(0);
    velocity = velocity.map(old -> vectors.get(1));
    gradient =
        found == sums
            ? Optional.empty()
            : Optional.of(ForgottenGradient.restored(visits, vectors.subList(sums, found)));
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

  /** What the visits have put into the running sum of momentum; empty without. Closed with this. */
  public Optional<ParameterVector> putIntoVelocity() {
    return velocity;
  }

  /** What must be stored up to now by one who learns only now that x* is to be forgotten. */
  public StoredGradients stored() {
    return new StoredGradients(
        gradients, recorder.network().layout().size(), recorder.network().engine().precision());
  }

  /** Whether this has watched the same steps of the same run. */
  public boolean belongsTo(ForgettingRecorder other) {
    return other == recorder && other.stepsDone() == stepsDone;
  }

  @Override
  public void close() {
    taken.close();
    velocity.ifPresent(ParameterVector::close);
    gradient.ifPresent(ForgottenGradient::close);
  }
}
