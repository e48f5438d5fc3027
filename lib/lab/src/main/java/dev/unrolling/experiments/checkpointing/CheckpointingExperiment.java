package dev.unrolling.experiments.checkpointing;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.metrics.ForgettingDistance;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architectures;
import dev.unrolling.store.RecordTable;
import dev.unrolling.training.Removal;
import dev.unrolling.training.Schedule;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.unlearning.AmnesiacUnlearning;
import dev.unrolling.unlearning.CheckpointRecorder;
import dev.unrolling.unlearning.CheckpointSpacing;
import dev.unrolling.unlearning.CheckpointedError;
import dev.unrolling.unlearning.CheckpointedUnlearning;
import dev.unrolling.unlearning.ForgettingRecorder;
import dev.unrolling.unlearning.LeadingTerm;
import dev.unrolling.unlearning.RecordedUnlearning;
import dev.unrolling.unlearning.SigmaMeasurement;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.UnlearningError;
import dev.unrolling.unlearning.UnrolledSgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tech.tablesaw.api.Table;

/**
 * Claim 2.5 by experiment: one run, unlearned with checkpoints at several spacings. Meant for
 * float64.
 */
public final class CheckpointingExperiment {

  private static final Objective OBJECTIVE = Objective.crossEntropy();
  private static final SigmaMeasurement SIGMA = SigmaMeasurement.standard();
  private static final Removal LEFT_OUT = Removal.skippedStep();

  private record Row(
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

  private final Engine engine;
  private final Dataset train;

  /**
   * An experiment on a data set.
   *
   * @param engine that computes, in float64
   * @param train where the examples come from
   */
  public CheckpointingExperiment(Engine engine, Dataset train) {
    this.engine = engine;
    this.train = train;
  }

  /**
   * Runs once and unlearns with each spacing.
   *
   * @return a row a spacing: {@code engine}, the settings, {@code steps, visits, spacing,
   *     segments}, stored {@code gradients} and their {@code bytes}, {@code v}, {@code
   *     v_single_gradient} and {@code v_amnesiac} of those two methods themselves, {@code
   *     forgetting_distance}, {@code predicted} = norm of the leading term, {@code others} and
   *     {@code own} = norms of its parts, the checkpointed errors {@code e} and {@code e1}, and
   *     {@code e_plain} and {@code e1_plain} without checkpoints
   */
  public Table run(CheckpointingSettings settings) {
    BatchOrder order = order(settings);
    SgdTrainer trainer = new SgdTrainer(OBJECTIVE, Schedule.constant(settings.rate()));
    try (Network original =
            engine.network(
                Architectures.named(settings.model(), train.classes()), settings.seed());
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
        List<Row> rows =
            watches.stream()
                .map(watch -> row(settings, watch, recorder, start, retrained, eigenvalues))
                .toList();
        return RecordTable.of("2.5", Row.class, rows);
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

  private BatchOrder order(CheckpointingSettings settings) {
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
