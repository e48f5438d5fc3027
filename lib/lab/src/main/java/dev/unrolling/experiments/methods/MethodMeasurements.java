package dev.unrolling.experiments.methods;

import dev.unrolling.curvature.FunctionProduct;
import dev.unrolling.data.Batch;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.metrics.ForgettingDistance;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.unlearning.AmnesiacUnlearning;
import dev.unrolling.unlearning.KrylovUnlearning;
import dev.unrolling.unlearning.RecordedUnlearning;
import dev.unrolling.unlearning.TrajectoryUnlearning;
import dev.unrolling.unlearning.recording.DerivativeCost;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.TrajectoryRecorder;
import dev.unrolling.unlearning.theory.UnlearningErrorRecorder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Measures each method on the way of a run; the one that takes products of its own, at the end. */
final class MethodMeasurements implements StepListener {

  /** The method that changes nothing. */
  static final String NOTHING = "nothing";

  private static final KrylovUnlearning DEFAULT = new KrylovUnlearning();

  /** Examples of the one Hessian, the last as by default. */
  private static final List<Integer> SAMPLES = List.of(32, 64, 128, DEFAULT.examples());

  private final FineTuningSettings settings;
  private final Batch test;
  private final ForgettingRecorder recorder;
  private final Trajectories trajectories;
  private final UnlearningErrorRecorder errors;
  private final DoubleSupplier leadingTerm;
  private final List<MethodRow> rows = new ArrayList<>();

  /**
   * @param settings of the run
   * @param test examples for the accuracy at the end
   * @param recorder of the run, called before this, like the next two
   * @param trajectories of the run
   * @param errors of the run
   * @param leadingTerm v as predicted at w_0
   */
  MethodMeasurements(
      FineTuningSettings settings,
      Batch test,
      ForgettingRecorder recorder,
      Trajectories trajectories,
      UnlearningErrorRecorder errors,
      DoubleSupplier leadingTerm) {
    this.settings = settings;
    this.test = test;
    this.recorder = recorder;
    this.trajectories = trajectories;
    this.errors = errors;
    this.leadingTerm = leadingTerm;
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    errors.justMeasured().ifPresent(measured -> add(step, measured));
  }

  private void add(Step step, UnlearningErrorRecorder.Measurement measured) {
    try (ParameterVector along =
            new TrajectoryUnlearning(trajectories.exact()).unlearnedWeights(recorder);
        ParameterVector retrained = step.retrainedNetwork().weights()) {
      Found found = new Found(step, measured, along, retrained);
      try (ParameterVector weights = step.network().weights()) {
        found.add(NOTHING, weights, Double.NaN, 0, Double.NaN);
      }
      found.add(
          FineTuning.singleGradient(settings),
          recorder.order().forgetBatch().size(),
          isLast(step) ? leadingTerm.getAsDouble() : Double.NaN);
      found.add(new AmnesiacUnlearning(), 0, Double.NaN);
      if (isLast(step)) {
        SAMPLES.forEach(examples -> found.add(DEFAULT.withExamples(examples)));
      }
      found.add(Trajectories.EXACT, along, Double.NaN, gradients(trajectories.exact()), Double.NaN);
      trajectories.cheaper().forEach(found::add);
    }
  }

  private boolean isLast(Step step) {
    return step.stepsDone() == recorder.order().steps();
  }

  private static long gradients(TrajectoryRecorder trajectory) {
    return new DerivativeCost(0, trajectory.products()).inGradients();
  }

  /** What one measurement finds. */
  private final class Found {

    private final Step step;
    private final UnlearningErrorRecorder.Measurement measured;
    private final ParameterVector along;
    private final ParameterVector retrained;
    private final double distance;
    private final double accuracy;

    Found(
        Step step,
        UnlearningErrorRecorder.Measurement measured,
        ParameterVector along,
        ParameterVector retrained) {
      this.step = step;
      this.measured = measured;
      this.along = along;
      this.retrained = retrained;
      this.distance = ForgettingDistance.value(step.network(), step.retrainedNetwork());
      this.accuracy =
          isLast(step)
              ? Evaluation.of(step.network(), test.dataset(), test.indices()).accuracy()
              : Double.NaN;
    }

    void add(RecordedUnlearning method, long gradients, double leading) {
      try (ParameterVector unlearned = method.unlearnedWeights(recorder)) {
        add(method.name(), unlearned, leading, gradients, Double.NaN);
      }
    }

    void add(String name, TrajectoryRecorder trajectory) {
      try (ParameterVector unlearned =
          new TrajectoryUnlearning(trajectory).unlearnedWeights(recorder)) {
        add(name, unlearned, Double.NaN, gradients(trajectory), Double.NaN);
      }
    }

    void add(KrylovUnlearning method) {
      try (FunctionProduct undone = method.undone(recorder);
          ParameterVector unlearned = step.network().weights().addInPlace(1, undone.value())) {
        long gradients = recorder.order().forgetBatch().size();
        add(
            name(method),
            unlearned,
            Double.NaN,
            gradients + method.cost(recorder).inGradients(),
            undone.error());
      }
    }

    void add(
        String name,
        ParameterVector unlearned,
        double leading,
        long gradients,
        double lanczosError) {
      rows.add(
          new MethodRow(
              step.network().engine().name(),
              step.network().engine().threads(),
              settings,
              step.stepsDone(),
              recorder.visits(),
              name,
              unlearned.distance(retrained),
              distance,
              unlearned == along ? Double.NaN : unlearned.distance(along),
              leading,
              gradients,
              lanczosError,
              measured.e(),
              measured.e1(),
              measured.sigma().value(),
              accuracy));
    }
  }

  /** The names of one Hessian over each sample, the default's last. */
  static List<String> samples() {
    return SAMPLES.stream().map(examples -> name(DEFAULT.withExamples(examples))).toList();
  }

  private static String name(KrylovUnlearning method) {
    return method.equals(DEFAULT)
        ? method.name()
        : method.name() + ", " + method.examples() + " examples";
  }

  /** Goes on from the rows that were measured before. */
  void resume(List<MethodRow> earlier) {
    rows.addAll(earlier);
  }

  /** What was measured so far. */
  List<MethodRow> rows() {
    return List.copyOf(rows);
  }
}
