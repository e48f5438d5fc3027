package dev.unrolling.experiments.outputs;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.metrics.LipschitzConstant;
import dev.unrolling.metrics.OutputDistances;
import dev.unrolling.metrics.RunningStatistics;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.AmnesiacUnlearning;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * C2.6, claim 2.6 by experiment: how differently an unlearned and a retrained model answer, beside
 * how far apart their weights are. Each run compares three ways to unlearn, and a fourth with batch
 * norm: the weights of M' with the running statistics of M.
 */
public final class OutputExperiment
    implements Computation<OutputSettings, OutputExperiment.Row>, ExperimentProvider {

  /**
   * A comparison.
   *
   * @param engine that computed
   * @param settings of the run; each is a column
   * @param method "single gradient", "amnesiac", "nothing done" or "retrained weights"
   * @param v verification error
   * @param outputs distances of the answers; each is a column
   * @param largestAtEqualStatistics largest logit distance with the running statistics of M' in
   *     both
   * @param statisticsDistance distance of the running statistics
   * @param lipschitz measured Lipschitz constant of any example on the way from M' to M''
   * @param lipschitzMean the same on average over examples
   */
  public record Row(
      String engine,
      OutputSettings settings,
      String method,
      double v,
      OutputDistances outputs,
      double largestAtEqualStatistics,
      double statisticsDistance,
      double lipschitz,
      double lipschitzMean) {}

  @Override
  public String name() {
    return "outputs";
  }

  @Override
  public String data(OutputSettings settings) {
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
            "C2.6",
            "what v says of a model's answers",
            this,
            OutputSettings::all,
            "torch",
            Precision.FLOAT64,
            OutputFigures::all));
  }

  @Override
  public List<Row> run(OutputSettings settings, RunContext context) {
    DataSets.Parts data = context.data().of(settings.data());
    Dataset train = data.train();
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
    Architecture architecture = Architectures.named(settings.model(), train.classes());
    try (Network original = context.engine().network(architecture, settings.seed())) {
      if (settings.pretrainingEpochs() > 0) {
        trainer.train(
            original,
            BatchOrder.shuffled(
                train, others, size, settings.pretrainingEpochs(), settings.seed() + 1));
      }
      try (Network retrained = original.copy();
          ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, removal)) {
        trainer.trainInLockStep(original, retrained, order, removal, recorder);
        Map<String, Supplier<Network>> methods = new LinkedHashMap<>();
        methods.put(
            "single gradient", () -> new SingleGradientUnlearning().unlearnedNetwork(recorder));
        methods.put("amnesiac", () -> new AmnesiacUnlearning().unlearnedNetwork(recorder));
        methods.put("nothing done", original::copy);
        if (!original.saveState().runningStatistics().isEmpty()) {
          methods.put("retrained weights", () -> RunningStatistics.transplant(retrained, original));
        }
        return methods.entrySet().stream()
            .map(one -> row(settings, one.getKey(), one.getValue(), retrained, data.test()))
            .toList();
      }
    }
  }

  private static Row row(
      OutputSettings settings,
      String method,
      Supplier<Network> maker,
      Network retrained,
      Dataset test) {
    int[] examples = Subsets.stratified(test, settings.testExamples(), settings.seed());
    try (Network unlearned = maker.get()) {
      LipschitzConstant constant =
          LipschitzConstant.onSegment(unlearned, retrained, test, examples, settings.pieces());
      return new Row(
          retrained.engine().name(),
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
