package dev.unrolling.unlearning.theory;

import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The checkpointed unlearning error (claim 2.5): the run is cut at checkpoints, and the errors of
 * the segments are summed, each with its own start weights, length and measurements of sigma. A
 * listener of the run; with one checkpoint at w_0 it is {@link UnlearningError} itself, with one at
 * every step it is 0.
 *
 * <p>An {@link UnlearningErrorRecorder} of the run gives the eigenvalues, or whoever measures one
 * adds it; a segment without a measurement uses the last one before it. Holds one vector.
 */
public final class CheckpointedError implements StepListener, AutoCloseable {

  /**
   * A stretch of the run between two checkpoints.
   *
   * @param rate mean learning rate of its steps
   * @param movement norm2 of the change of the weights over it
   * @param steps in it, at least 1
   * @param eigenvalues measured in it, in order
   */
  public record Segment(double rate, double movement, int steps, List<Double> eigenvalues) {

    /** Copies the list. */
    public Segment {
      eigenvalues = List.copyOf(eigenvalues);
    }
  }

  /**
   * What has been measured so far, to go on with after an interruption.
   *
   * @param finished segments
   * @param eigenvalues of the present segment
   * @param sumOfRates of the present segment
   * @param movement of the present segment
   * @param steps of the present segment
   */
  public record Measured(
      List<Segment> finished,
      List<Double> eigenvalues,
      double sumOfRates,
      double movement,
      int steps) {}

  private final CheckpointSpacing spacing;
  private final ParameterVector start;
  private final Optional<UnlearningErrorRecorder> recorder;
  private final List<Segment> finished = new ArrayList<>();
  private final List<Double> eigenvalues = new ArrayList<>();
  private double sumOfRates;
  private double movement;
  private int steps;

  /**
   * An error of a run not yet begun, whose eigenvalues are added by {@link #addEigenvalue}.
   *
   * @param spacing of the checkpoints
   * @param startWeights w_0; copied
   */
  public CheckpointedError(CheckpointSpacing spacing, ParameterVector startWeights) {
    this(spacing, startWeights, Optional.empty());
  }

  /**
   * An error of a run not yet begun, given to the trainer after a recorder whose sigmas it takes.
   *
   * @param spacing of the checkpoints
   * @param recorder of the same run; read, not owned
   */
  public CheckpointedError(CheckpointSpacing spacing, UnlearningErrorRecorder recorder) {
    this(spacing, recorder.startWeights(), Optional.of(recorder));
  }

  private CheckpointedError(
      CheckpointSpacing spacing,
      ParameterVector startWeights,
      Optional<UnlearningErrorRecorder> recorder) {
    this.spacing = spacing;
    this.start = startWeights.copy();
    this.recorder = recorder;
  }

  /**
   * Begins a segment at a checkpoint.
   *
   * @throws IllegalStateException if it is not the next step of the run, or the run starts
   *     elsewhere than at w_0
   */
  @Override
  public void beforeStep(Step step) {
    int expected = steps + finished.stream().mapToInt(Segment::steps).sum();
    if (step.index() != expected) {
      throw new IllegalStateException(
          "the checkpointed error expects step "
              + expected
              + ", not step "
              + step.index()
              + "; make a new one before each run");
    }
    if (expected == 0) {
      checkStart(step);
    }
    if (steps > 0 && spacing.isAt(step.index())) {
      finished.add(current());
      eigenvalues.clear();
      sumOfRates = 0;
      steps = 0;
      try (ParameterVector weights = step.network().weights()) {
        start.scaleInPlace(0).addInPlace(1, weights);
      }
    }
  }

  private void checkStart(Step step) {
    try (ParameterVector weights = step.network().weights()) {
      double apart = weights.distance(start);
      if (apart != 0) {
        throw new IllegalStateException(
            "the run starts "
                + apart
                + " away from the start weights that the checkpointed error was given; give it w_0");
      }
    }
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    steps++;
    sumOfRates += step.update().rate();
    try (ParameterVector weights = step.network().weights()) {
      movement = weights.addInPlace(-1, start).norm2();
    }
    recorder.ifPresent(measuring -> takeFrom(measuring, step.stepsDone()));
  }

  private void takeFrom(UnlearningErrorRecorder measuring, int stepsDone) {
    if (measuring.stepsDone() != stepsDone) {
      throw new IllegalStateException(
          "the recorder of the unlearning error has watched "
              + measuring.stepsDone()
              + " steps, not "
              + stepsDone
              + "; give it to the trainer before the checkpointed error");
    }
    measuring.justMeasured().ifPresent(m -> addEigenvalue(m.sigma().signed()));
  }

  /** Notes the dominant eigenvalue of the Hessian at the present step, with its sign. */
  public void addEigenvalue(double eigenvalue) {
    eigenvalues.add(eigenvalue);
  }

  /** What has been measured so far. */
  public Measured measured() {
    return new Measured(
        List.copyOf(finished), List.copyOf(eigenvalues), sumOfRates, movement, steps);
  }

  /** The weights at the start of the present segment. Closed with this. */
  public ParameterVector segmentStart() {
    return start;
  }

  /**
   * Goes on from what was measured before.
   *
   * @param segmentStart weights at the start of the present segment; copied
   */
  public void resume(Measured earlier, ParameterVector segmentStart) {
    start.scaleInPlace(0).addInPlace(1, segmentStart);
    finished.clear();
    finished.addAll(earlier.finished());
    eigenvalues.clear();
    eigenvalues.addAll(earlier.eigenvalues());
    sumOfRates = earlier.sumOfRates();
    movement = earlier.movement();
    steps = earlier.steps();
  }

  private Segment current() {
    return new Segment(sumOfRates / steps, movement, steps, eigenvalues);
  }

  /** The segments so far, the unfinished one included if it has a step. */
  public List<Segment> segments() {
    List<Segment> all = new ArrayList<>(finished);
    if (steps > 0) {
      all.add(current());
    }
    return List.copyOf(all);
  }

  /**
   * The error so far.
   *
   * @param error the formula of a segment
   * @throws IllegalStateException if no eigenvalue was added in the first segment
   */
  public double value(UnlearningError error) {
    return value(error, segments());
  }

  /**
   * The error of some segments; 0 if there is none.
   *
   * @param error the formula of a segment
   * @param segments in order; the first with at least one eigenvalue
   * @throws IllegalStateException if the first segment has no eigenvalue
   */
  public static double value(UnlearningError error, List<Segment> segments) {
    List<Double> last = List.of();
    double sum = 0;
    for (Segment segment : segments) {
      List<Double> measured = segment.eigenvalues().isEmpty() ? last : segment.eigenvalues();
      if (measured.isEmpty()) {
        throw new IllegalStateException(
            "the first segment has no eigenvalue; measure sigma at its start");
      }
      sum += error.value(segment.rate(), segment.movement(), segment.steps(), measured);
      last = measured.subList(measured.size() - 1, measured.size());
    }
    return sum;
  }

  @Override
  public void close() {
    start.close();
  }
}
