package dev.unrolling.unlearning;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.unlearning.recording.DerivativeCost;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.ForgettingRun;
import dev.unrolling.unlearning.recording.HessianSchedule;
import dev.unrolling.unlearning.recording.TrajectoryRecorder;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Unlearning along the trajectory (claim 2.10): \( w'' = w_t + d_t \), where \( d_t \) is what a
 * {@link TrajectoryRecorder} carried along the run. Where single gradient unlearning leaves an
 * error of first order in what is forgotten, on a smooth network this leaves one of second order,
 * at any rate; so the distance of the two predicts the error of the former without retraining.
 *
 * @param trajectory a listener of the run, given after the forgetting recorder; empty to take M's
 *     steps again from w_0, with Hessian-vector products beside them
 * @param schedule of the products where the steps are taken again
 */
public record TrajectoryUnlearning(
    Optional<TrajectoryRecorder> trajectory, HessianSchedule schedule)
    implements RecordedUnlearning {

  /** Takes the steps again, with a product beside each. */
  public TrajectoryUnlearning() {
    this(HessianSchedule.everyStep());
  }

  /** Takes the steps again, with products as a schedule says. */
  public TrajectoryUnlearning(HessianSchedule schedule) {
    this(Optional.empty(), schedule);
  }

  /** Reads what was carried along the run. */
  public TrajectoryUnlearning(TrajectoryRecorder trajectory) {
    this(Optional.of(trajectory), trajectory.schedule());
  }

  @Override
  public String name() {
    return "trajectory";
  }

  @Override
  public String displayName() {
    return "along the trajectory";
  }

  /**
   * {@inheritDoc} This is the most: products of a part of each batch are counted as of the whole,
   * and each visit is followed by one.
   */
  @Override
  public OptionalLong gradients(RequestSize size) {
    long after = schedule.every() == 1 ? 0 : size.epochs() * size.forgotten();
    long products = size.training() / schedule.every() + after;
    long again = trajectory.isPresent() ? 0 : size.training();
    return OptionalLong.of(new DerivativeCost(again, products).inGradients());
  }

  @Override
  public boolean readsEndsAlone() {
    return trajectory.isEmpty();
  }

  /**
   * The weights w'' of the unlearned model.
   *
   * @throws IllegalStateException if the trajectory is not of this recorder's run and step
   */
  @Override
  public ParameterVector unlearnedWeights(ForgettingRecorder recorder) {
    return read(recorder, one -> recorder.network().weights().addInPlace(1, one.difference()));
  }

  @Override
  public Optional<ParameterVector> velocityShare(ForgettingRecorder recorder) {
    return recorder.trainer().momentum() == 0
        ? Optional.empty()
        : read(recorder, one -> one.ofVelocity().map(sum -> sum.copy().scaleInPlace(-1)));
  }

  /**
   * What the verification error v of another method will be, without retraining: how far its
   * weights lie from these.
   *
   * @param method of the same record
   * @param recorder a listener of the run, up to date with its network
   */
  public double predictedError(RecordedUnlearning method, ForgettingRecorder recorder) {
    try (ParameterVector own = unlearnedWeights(recorder);
        ParameterVector other = method.unlearnedWeights(recorder)) {
      return own.distance(other);
    }
  }

  private <T> T read(ForgettingRecorder recorder, Function<TrajectoryRecorder, T> reader) {
    recorder.requireSteps();
    if (trajectory.isEmpty()) {
      return replayed(recorder, reader);
    }
    if (!trajectory.get().belongsTo(recorder)) {
      throw new IllegalStateException(
          "the trajectory is of another run or step; give both recorders to the same run, the"
              + " trajectory recorder before any listener that reads it");
    }
    return reader.apply(trajectory.get());
  }

  private <T> T replayed(ForgettingRecorder recorder, Function<TrajectoryRecorder, T> reader) {
    try (Network again = recorder.network().copy()) {
      again.restore(recorder.startState());
      ForgettingRun run = recorder.run();
      try (ForgettingRecorder watching =
              new ForgettingRecorder(
                  again, run.order(), run.trainer().withoutReports(), run.removal());
          TrajectoryRecorder carried = new TrajectoryRecorder(watching, schedule)) {
        watching.trainer().train(again, run.order(), recorder.stepsDone(), watching, carried);
        return reader.apply(carried);
      }
    }
  }
}
