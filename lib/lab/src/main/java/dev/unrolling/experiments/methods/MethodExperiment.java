package dev.unrolling.experiments.methods;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiment.StateListener;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningGrids;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.VisitCounts;
import dev.unrolling.unlearning.theory.LeadingTerm;
import dev.unrolling.unlearning.theory.UnlearningErrorRecorder;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * C2.10: on the runs of E1's grid, single gradient unlearning beside the methods that know
 * curvature, {@link dev.unrolling.unlearning.KrylovUnlearning} and {@link
 * dev.unrolling.unlearning.TrajectoryUnlearning}. Pre-training is that of {@link FineTuning}, and
 * shared with it where the network is the same.
 */
public final class MethodExperiment
    implements Computation<FineTuningSettings, MethodRow>, ExperimentProvider {

  private static final int MEASUREMENTS = 4;
  private static final String SMOOTH = "tanh-cnn-8";

  /** What a stopped run has beside the states of its networks. */
  private record Notes(
      VisitCounts counts,
      List<Trajectories.Counts> trajectories,
      UnlearningErrorRecorder.Collected errors,
      List<MethodRow> rows) {}

  /**
   * The runs that a notebook has time for: two corners of the grid, at the first seed, measured a
   * few times; at quick scale on the smooth network, which takes a tenth of the time.
   */
  public static List<FineTuningSettings> corners(Scale scale) {
    FineTuningSettings base = FineTuningSettings.of(scale);
    FineTuningSettings few = base.withMeasureEvery(Math.max(1, base.steps() / MEASUREMENTS));
    FineTuningSettings first = scale == Scale.QUICK ? on(SMOOTH).apply(few) : few;
    return List.of(first, first.withRate(0.1 * base.rate()).withGamma(5));
  }

  /**
   * The runs of E1's grid; at quick scale on a ResNet-8 of full size, which E1 has no time for, and
   * on a smooth network, where claims of second order have no kinks in their way.
   */
  static List<FineTuningSettings> grid(Scale scale) {
    List<FineTuningSettings> runs = FineTuningGrids.grid(scale);
    return scale == Scale.QUICK
        ? Stream.of("resnet8-8", SMOOTH).flatMap(model -> runs.stream().map(on(model))).toList()
        : runs;
  }

  private static UnaryOperator<FineTuningSettings> on(String model) {
    return run -> SettingsJson.with(run, "model", model);
  }

  @Override
  public String name() {
    return "methods";
  }

  /** Since 3 with the leading term. */
  @Override
  public int version() {
    return 3;
  }

  @Override
  public String data(FineTuningSettings settings) {
    return settings.data();
  }

  @Override
  public Class<MethodRow> rowType() {
    return MethodRow.class;
  }

  @Override
  public Object group(FineTuningSettings settings) {
    return new FineTuning().group(settings);
  }

  @Override
  public List<Experiment<?>> experiments() {
    return List.of(
        new Experiment<>(
            "C2.10",
            "methods that know curvature, and the error they predict",
            this,
            MethodExperiment::grid,
            "torch",
            Precision.FLOAT32,
            (scale, table) -> MethodFigures.all(table)));
  }

  @Override
  public List<MethodRow> run(FineTuningSettings settings, RunContext context) {
    FineTuning.Prepared run = FineTuning.prepare(settings, context);
    Batch test =
        Batch.of(
            run.data().test(), Subsets.stratified(run.data().test(), settings.testExamples(), 0));
    try (Network original = context.network(run.architecture(), run.start());
        Network retrained = original.copy();
        ForgettingRecorder recorder =
            new ForgettingRecorder(original, run.order(), run.trainer(), FineTuning.LEFT_OUT);
        Trajectories trajectories = new Trajectories(settings, recorder);
        UnlearningErrorRecorder errors = FineTuning.errors(settings, recorder)) {
      MethodMeasurements measurements =
          new MethodMeasurements(
              settings, test, recorder, trajectories, errors, () -> leadingTerm(run, context));
      SgdTrainer rest =
          context
              .resume()
              .map(
                  stopped -> {
                    Notes notes = RunContext.notes(stopped, Notes.class);
                    List<NetworkState> states = stopped.networks();
                    original.restore(states.get(0));
                    retrained.restore(states.get(1));
                    List<INDArray> vectors =
                        states.stream().skip(2).map(NetworkState::weights).toList();
                    int recorded = recorder.collected().vectors().size();
                    recorder.resume(
                        new ForgettingRecorder.Collected(
                            notes.counts(), vectors.subList(0, recorded)));
                    trajectories.resume(
                        stopped.step(),
                        notes.trajectories(),
                        vectors.subList(recorded, vectors.size()));
                    errors.resume(notes.errors());
                    measurements.resume(notes.rows());
                    return run.trainer().withFirstStep(stopped.step());
                  })
              .orElse(run.trainer());
      rest.trainInLockStep(
          original,
          retrained,
          run.order(),
          FineTuning.LEFT_OUT,
          recorder,
          trajectories,
          errors,
          measurements,
          new StateListener(
              context,
              step -> {
                ForgettingRecorder.Collected collected = recorder.collected();
                List<NetworkState> states =
                    Stream.concat(
                            Stream.of(original.saveState(), retrained.saveState()),
                            Stream.concat(
                                    collected.vectors().stream(), trajectories.vectors().stream())
                                .map(NetworkState::of))
                        .toList();
                return context.savedRun(
                    step.stepsDone(),
                    states,
                    new Notes(
                        collected.counts(),
                        trajectories.counts(),
                        errors.collected(),
                        measurements.rows()));
              }));
      return measurements.rows();
    }
  }

  /** NaN with momentum, which the term does not know. */
  private static double leadingTerm(FineTuning.Prepared run, RunContext context) {
    if (run.trainer().momentum() > 0) {
      return Double.NaN;
    }
    try (Network start = context.network(run.architecture(), run.start());
        LeadingTerm term =
            new UnrolledSgd(run.trainer())
                .leadingTerm(start, run.order(), run.order().steps(), FineTuning.LEFT_OUT)) {
      return term.predictedError();
    }
  }
}
