package dev.unrolling.experiments.outputs;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.metrics.LipschitzConstant;
import dev.unrolling.metrics.OutputDistances;
import dev.unrolling.metrics.RunningStatistics;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architectures;
import dev.unrolling.store.RecordTable;
import dev.unrolling.training.Removal;
import dev.unrolling.training.Schedule;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.unlearning.AmnesiacUnlearning;
import dev.unrolling.unlearning.ForgettingRecorder;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import tech.tablesaw.api.Table;

/**
 * Claim 2.6 by experiment: how differently an unlearned and a retrained model answer, beside how
 * far apart their weights are.
 */
public final class OutputExperiment {

  private record Row(
      String engine,
      OutputSettings settings,
      String method,
      double v,
      OutputDistances outputs,
      double largestAtEqualStatistics,
      double statisticsDistance,
      double lipschitz,
      double lipschitzMean) {}

  private final Engine engine;
  private final Dataset train;
  private final Dataset test;

  /**
   * An experiment on a data set.
   *
   * @param engine that computes
   * @param train where the examples come from
   * @param test where the models are compared
   */
  public OutputExperiment(Engine engine, Dataset train, Dataset test) {
    this.engine = engine;
    this.train = train;
    this.test = test;
  }

  /**
   * Runs each setting.
   *
   * @return three rows a setting, four with batch norm: {@code engine}, the settings, {@code
   *     method} ("single gradient", "amnesiac", "nothing done", and "retrained weights" with the
   *     running statistics of M), {@code v}, the components of {@link OutputDistances}, {@code
   *     largest_at_equal_statistics} = largest logit distance with the statistics of M' in both,
   *     {@code statistics_distance}, and the measured Lipschitz constant of any example ({@code
   *     lipschitz}) and on average
   */
  public Table run(List<OutputSettings> settings) {
    List<Row> rows = new ArrayList<>();
    settings.forEach(one -> rows.addAll(run(one)));
    return RecordTable.of("2.6", Row.class, rows);
  }

  private List<Row> run(OutputSettings settings) {
    int size = settings.batchSize();
    int[] drawn = Subsets.stratified(train, settings.trainExamples(), settings.seed());
    int[] others = Arrays.copyOfRange(drawn, size, drawn.length);
    Objective objective = Objective.crossEntropy().withGamma(settings.gamma());
    SgdTrainer trainer = new SgdTrainer(objective, Schedule.constant(settings.rate()));
    BatchOrder order =
        BatchOrder.shuffled(train, others, size, settings.epochs(), settings.seed())
            .withForgetBatch(
                Batch.of(train, Arrays.copyOf(drawn, size)), BatchOrder.Position.FIRST);
    Removal removal = Removal.skippedStep();
    try (Network original =
        engine.network(Architectures.named(settings.model(), train.classes()), settings.seed())) {
      if (settings.pretrainingEpochs() > 0) {
        trainer.train(
            original,
            BatchOrder.shuffled(
                train, others, size, settings.pretrainingEpochs(), settings.seed() + 1));
      }
      try (Network retrained = original.copy();
          ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, removal)) {
        trainer.trainInLockStep(original, retrained, order, removal, recorder);
        List<Row> rows = new ArrayList<>();
        rows.add(
            row(
                settings,
                "single gradient",
                () -> new SingleGradientUnlearning().unlearnedNetwork(recorder),
                retrained));
        rows.add(
            row(
                settings,
                "amnesiac",
                () -> new AmnesiacUnlearning().unlearnedNetwork(recorder),
                retrained));
        rows.add(row(settings, "nothing done", original::copy, retrained));
        if (!original.saveState().runningStatistics().isEmpty()) {
          rows.add(
              row(
                  settings,
                  "retrained weights",
                  () -> RunningStatistics.transplant(retrained, original),
                  retrained));
        }
        return rows;
      }
    }
  }

  private Row row(
      OutputSettings settings, String method, Supplier<Network> maker, Network retrained) {
    int[] examples = Subsets.stratified(test, settings.testExamples(), settings.seed());
    try (Network unlearned = maker.get()) {
      LipschitzConstant constant =
          LipschitzConstant.onSegment(unlearned, retrained, test, examples, settings.pieces());
      return new Row(
          engine.name(),
          settings,
          method,
          VerificationError.value(unlearned, retrained),
          OutputDistances.between(unlearned, retrained, test, examples),
          OutputDistances.atEqualStatistics(unlearned, retrained, test, examples)
              .largestLogitDistance(),
          RunningStatistics.distance(unlearned, retrained),
          constant.largest(),
          constant.mean());
    }
  }
}
