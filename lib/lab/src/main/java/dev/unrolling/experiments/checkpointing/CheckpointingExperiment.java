package dev.unrolling.experiments.checkpointing;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.metrics.ForgettingDistance;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.AmnesiacUnlearning;
import dev.unrolling.unlearning.CheckpointedUnlearning;
import dev.unrolling.unlearning.RecordedUnlearning;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.recording.CheckpointRecorder;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.theory.CheckpointedError;
import dev.unrolling.unlearning.theory.LeadingTerm;
import dev.unrolling.unlearning.theory.SigmaMeasurement;
import dev.unrolling.unlearning.theory.UnlearningError;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * C2.5, claim 2.5 by experiment: one run, unlearned with checkpoints at several spacings. Meant for
 * float64.
 */
public final class CheckpointingExperiment
    implements Computation<CheckpointingSettings, CheckpointingExperiment.Row>, ExperimentProvider {

  private static final Objective OBJECTIVE = Objective.crossEntropy();
  private static final SigmaMeasurement SIGMA = SigmaMeasurement.standard();
  private static final Removal LEFT_OUT = Removal.skippedStep();

  /**
   * What a spacing leaves.
   *
   * @param engine that computed
   * @param settings of the run; each is a column
   * @param steps t
   * @param visits of the forget batch
   * @param spacing steps between checkpoints
   * @param segments into which they cut the run
   * @param gradients stored
   * @param bytes that these take
   * @param v with checkpoints
   * @param vSingleGradient of single gradient unlearning itself
   * @param vAmnesiac of amnesiac unlearning itself
   * @param forgettingDistance v of doing nothing
   * @param predicted norm of the leading term
   * @param othersPart norm of its part from the other batches
   * @param ownPart norm of its part from the forget batch itself
   * @param e checkpointed error as published
   * @param e1 with one eta
   * @param ePlain without checkpoints, as published
   * @param e1Plain without checkpoints, with one eta
   */
  public record Row(
      String engine,
      CheckpointingSettings settings,
      int steps,
      int visits,
      int spacing,
      int segments,
      int gradients,
      long bytes,
      double v,
      double vSingleGradient,
      double vAmnesiac,
      double forgettingDistance,
      double predicted,
      double othersPart,
      double ownPart,
      double e,
      double e1,
      double ePlain,
      double e1Plain) {}

  /** What watches the run for one spacing. */
  private record Watch(CheckpointRecorder recorder, CheckpointedError error) {}

  @Override
  public String name() {
    return "checkpointing";
  }

  @Override
  public String data(CheckpointingSettings settings) {
    return settings.data();
  }

  @Override
  public Class<Row> rowType() {
    return Row.class;
  }

  @Override
  public List<Experiment<?>> experiments() {
    return List.of(
        new Experiment<>(
            "C2.5",
            "what checkpoints take away, and at what price",
            this,
            CheckpointingSettings::all,
            "torch",
            Precision.FLOAT64,
            CheckpointingFigures::all));
  }

  @Override
  public List<Row> run(CheckpointingSettings settings, RunContext context) {
    Dataset train = context.data().of(settings.data()).train();
    BatchOrder order = order(settings, train);
    SgdTrainer trainer = new SgdTrainer(OBJECTIVE, Schedule.constant(settings.rate()));
    Architecture architecture = Architectures.named(settings.model(), train.classes());
    try (Network original = context.engine().network(architecture, settings.seed());
        Network start = original.copy();
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, LEFT_OUT)) {
      List<Watch> watches = new ArrayList<>();
      List<StepListener> listeners = new ArrayList<>(List.of(recorder));
      for (int steps : settings.spacings()) {
        CheckpointSpacing spacing = new CheckpointSpacing(steps);
        Watch watch =
            new Watch(
                new CheckpointRecorder(recorder, spacing),
                new CheckpointedError(spacing, recorder.startWeights()));
        watches.add(watch);
        listeners.add(watch.recorder);
        listeners.add(watch.error);
      }
      List<Double> eigenvalues = new ArrayList<>();
      listeners.add(measurement(settings, watches, eigenvalues));
      try {
        trainer.trainInLockStep(
            original, retrained, order, LEFT_OUT, listeners.toArray(StepListener[]::new));
        return watches.stream()
            .map(watch -> row(settings, watch, recorder, start, retrained, eigenvalues))
            .toList();
      } finally {
        watches.forEach(
            watch -> {
              watch.recorder.close();
              watch.error.close();
            });
      }
    }
  }

  private static StepListener measurement(
      CheckpointingSettings settings, List<Watch> watches, List<Double> eigenvalues) {
    return new StepListener() {
      @Override
      public void afterStep(Step step, StepLosses losses) {
        if (step.index() % settings.measureEvery() == 0) {
          double eigenvalue = SIGMA.measure(step.network(), step.batch(), OBJECTIVE).signed();
          eigenvalues.add(eigenvalue);
          watches.forEach(watch -> watch.error.addEigenvalue(eigenvalue));
        }
      }
    };
  }

  private static Row row(
      CheckpointingSettings settings,
      Watch watch,
      ForgettingRecorder recorder,
      Network start,
      Network retrained,
      List<Double> eigenvalues) {
    UnrolledSgd unrolled = new UnrolledSgd(recorder.trainer());
    CheckpointSpacing spacing = watch.recorder.spacing();
    int steps = recorder.stepsDone();
    double movement = recorder.movement();
    UnlearningError published = UnlearningError.published();
    UnlearningError oneEta = UnlearningError.oneEta();
    try (LeadingTerm term =
        unrolled.leadingTerm(start, recorder.order(), steps, LEFT_OUT, spacing)) {
      return new Row(
          start.engine().name(),
          settings,
          steps,
          recorder.visits(),
          spacing.steps(),
          watch.error.segments().size(),
          watch.recorder.stored().gradients(),
          watch.recorder.stored().bytes(),
          error(new CheckpointedUnlearning(watch.recorder), recorder, retrained),
          error(new SingleGradientUnlearning(), recorder, retrained),
          error(new AmnesiacUnlearning(), recorder, retrained),
          ForgettingDistance.value(recorder.network(), retrained),
          term.predictedError(),
          term.others().norm2(),
          term.own().norm2(),
          watch.error.value(published),
          watch.error.value(oneEta),
          published.value(settings.rate(), movement, steps, eigenvalues),
          oneEta.value(settings.rate(), movement, steps, eigenvalues));
    }
  }

  private static double error(
      RecordedUnlearning method, ForgettingRecorder recorder, Network retrained) {
    try (ParameterVector unlearned = method.unlearnedWeights(recorder);
        ParameterVector target = retrained.weights()) {
      return VerificationError.value(unlearned, target);
    }
  }

  private static BatchOrder order(CheckpointingSettings settings, Dataset train) {
    int size = settings.batchSize();
    int[] drawn = Subsets.stratified(train, size * (settings.others() + 1), settings.seed());
    return BatchOrder.shuffled(
            train,
            Arrays.copyOfRange(drawn, size, drawn.length),
            size,
            settings.epochs(),
            settings.seed())
        .withForgetBatch(Batch.of(train, Arrays.copyOf(drawn, size)), BatchOrder.Position.MIDDLE);
  }
}
