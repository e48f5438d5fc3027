package example;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.settings.Scale;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.UnlearningMethods;
import dev.unrolling.unlearning.UnlearningRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;

/** How near to the retrained network a method comes that has the trained one alone. */
public final class Nearness
    implements Computation<Nearness.Settings, Nearness.Row>, ExperimentProvider {

  /** A run: one method on one network. */
  public record Settings(
      String method,
      String data,
      int examples,
      int forgotten,
      int epochs,
      double rate,
      long seed) {}

  /** What decides a trained network, which all methods share. */
  private record Training(String data, int from, int to, int epochs, double rate, long seed) {

    Training(Settings settings, int from) {
      this(
          settings.data(),
          from,
          settings.examples(),
          settings.epochs(),
          settings.rate(),
          settings.seed());
    }
  }

  /** What came of it. */
  public record Row(Settings settings, double v, double forgettingDistance) {}

  @Override
  public String name() {
    return "nearness";
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
  public List<Row> run(Settings settings, RunContext context) {
    var train = context.data().of(settings.data()).train();
    int forgotten = settings.forgotten();
    try (Network trained = network(new Training(settings, 0), context);
        Network retrained = network(new Training(settings, forgotten), context)) {
      UnlearningRequest request =
          UnlearningRequest.of(trained, Batch.of(train, indices(0, forgotten)))
              .withRetained(indices(forgotten, settings.examples()))
              .withSeed(settings.seed());
      try (Network unlearned = UnlearningMethods.named(settings.method()).unlearn(request)) {
        return List.of(
            new Row(
                settings,
                VerificationError.value(unlearned, retrained),
                VerificationError.value(trained, retrained)));
      }
    }
  }

  private static Network network(Training training, RunContext context) {
    var train = context.data().of(training.data()).train();
    Architecture linear = Architectures.linear(train.exampleSize(), train.classes());
    BatchOrder order =
        BatchOrder.shuffled(
            train, indices(training.from(), training.to()), 14, training.epochs(), training.seed());
    NetworkState state =
        context
            .shared()
            .get(
                training,
                own -> {
                  try (Network network = own.engine().network(linear, training.seed())) {
                    SgdTrainer trainer =
                        new SgdTrainer(
                            Objective.crossEntropy(), Schedule.constant(training.rate()));
                    return own.train(network, trainer, order);
                  }
                });
    return context.network(linear, state);
  }

  private static int[] indices(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  @Override
  public List<Experiment<?>> experiments() {
    return List.of(
        new Experiment<>(
            "X1",
            "how near methods come that have the trained network alone",
            this,
            scale -> runs(scale == Scale.SMOKE ? 2 : 5),
            "torch",
            Precision.FLOAT32,
            (scale, table) -> Map.of("x1-nearness", figure(table))));
  }

  private static List<Settings> runs(int seeds) {
    return Stream.of("fine-tuning", "gradient-ascent", "add-noise")
        .flatMap(
            method ->
                LongStream.range(0, seeds)
                    .mapToObj(seed -> new Settings(method, "gratings", 140, 14, 3, 0.01, seed)))
        .toList();
  }

  private static Figure figure(Table table) {
    Plot plot = Figure.scatter("Distance to the retrained network", "nothing done", "unlearned");
    for (String method : table.stringColumn("method").unique()) {
      Table one = table.where(table.stringColumn("method").isEqualTo(method));
      plot =
          plot.points(
              method,
              one.doubleColumn("forgetting_distance").asDoubleArray(),
              one.doubleColumn("v").asDoubleArray());
    }
    return plot;
  }
}
