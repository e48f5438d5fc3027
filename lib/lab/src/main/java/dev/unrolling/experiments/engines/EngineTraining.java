package dev.unrolling.experiments.engines;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.model.Architectures;
import dev.unrolling.plot.Figure;
import dev.unrolling.settings.Ranges;
import dev.unrolling.settings.Scale;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.Table;

/**
 * Trains a network on the engine of the run and on a second one, step by step in alternation, from
 * the same initial weights: how far apart they are. Meant for float64.
 */
public final class EngineTraining
    implements Computation<EngineTraining.Settings, EngineTraining.Row>, ExperimentProvider {

  /**
   * Settings of a run.
   *
   * @param second name of the other engine, on a CPU in the precision of the first, which is not
   *     the same there
   * @param model name of an architecture
   * @param data name of a data set
   * @param examples of the one epoch, at least 1
   * @param batchSize at least 1
   * @param rate eta, positive
   * @param momentum from 0 to below 1
   * @param weightDecay at least 0
   * @param gamma weight of the penalty of the SD loss, at least 0
   * @param seed of the examples and the initial weights
   */
  public record Settings(
      String second,
      String model,
      String data,
      int examples,
      int batchSize,
      double rate,
      double momentum,
      double weightDecay,
      double gamma,
      long seed) {

    /** Checks the ranges. */
    public Settings {
      Ranges.named("second", second);
      Ranges.named("model", model);
      Ranges.named("data", data);
      Ranges.atLeast("examples", examples, 1);
      Ranges.atLeast("batchSize", batchSize, 1);
      Ranges.positive("rate", rate);
      Ranges.within("momentum", momentum, 0, Math.nextDown(1.0), "at least 0 and below 1");
      Ranges.within("weightDecay", weightDecay, 0, Double.MAX_VALUE, "finite and at least 0");
      Ranges.within("gamma", gamma, 0, Double.MAX_VALUE, "finite and at least 0");
    }

    /** A ResNet-8 with momentum, weight decay and the penalty, beside DeepLearning4J. */
    public static Settings of(Scale scale) {
      int examples = scale == Scale.SMOKE ? 160 : 640;
      return new Settings("dl4j", "resnet8-8", "cifar10", examples, 32, 0.01, 0.9, 5e-4, 5, 0);
    }
  }

  /**
   * A step.
   *
   * @param engine the first
   * @param settings of the run; each is a column
   * @param difference of the engines after the step; each part is a column
   */
  public record Row(String engine, Settings settings, EngineComparison.Step difference) {}

  @Override
  public String name() {
    return "engine-training";
  }

  @Override
  public String data(Settings settings) {
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
            "ENGINES",
            "how far two engines are apart that train the same network",
            this,
            scale -> List.of(Settings.of(scale)),
            "torch",
            Precision.FLOAT64,
            EngineTraining::figures));
  }

  @Override
  public List<Row> run(Settings settings, RunContext context) {
    Engine engine = context.engine();
    if (engine.name().equals(settings.second()) && engine.device().equals("cpu")) {
      throw new IllegalArgumentException(
          "two engines are compared, not \""
              + engine.name()
              + "\" with itself; choose another with --engine or --set second=NAME");
    }
    Dataset train = context.data().of(settings.data()).train();
    int[] drawn = Subsets.stratified(train, settings.examples(), settings.seed());
    return EngineComparison.training(
            engine,
            Engines.open(settings.second(), "cpu", engine.precision(), engine.threads()),
            Architectures.named(settings.model(), train.classes()),
            settings.seed(),
            BatchOrder.shuffled(train, drawn, settings.batchSize(), 1, settings.seed()),
            new SgdTrainer(
                    Objective.crossEntropy()
                        .withGamma(settings.gamma())
                        .withWeightDecay(settings.weightDecay()),
                    Schedule.constant(settings.rate()))
                .withMomentum(settings.momentum()))
        .stream()
        .map(step -> new Row(engine.name(), settings, step))
        .toList();
  }

  private static Map<String, Figure> figures(Scale scale, Table table) {
    String engines =
        table.stringColumn("engine").get(0) + " and " + table.stringColumn("second").get(0);
    return Map.of(
        "engines-training",
        Figure.lines("How far two engines are apart", "step t", "distance / ‖w_t − w_0‖")
            .logY()
            .series(engines, table, "step", "weights_difference"));
  }
}
