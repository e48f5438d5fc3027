package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.DatasetProvider;
import dev.unrolling.data.Subsets;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.Experiments;
import dev.unrolling.experiment.Runner;
import dev.unrolling.experiments.benchmark.BenchmarkExperiment;
import dev.unrolling.experiments.benchmark.BenchmarkSettings;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.Layer;
import dev.unrolling.plot.Figure;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.store.ResultStore;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.training.schedule.Schedules;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningMethods;
import dev.unrolling.unlearning.UnlearningRequest;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.Table;

/** What a user adds, from outside: public classes only, by object and by name. */
class ExtensionTest {

  private static final Engine ENGINE =
      Engines.open("torch", "cpu", Precision.FLOAT32).withThreads(1);

  @TempDir private Path folder;

  private DatasetProvider.Parts gratings() {
    return new Gratings().read("gratings", new DataCache(folder, true), line -> {});
  }

  private static int[] upTo(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  @Test
  void aMethodInOneClass() {
    Dataset train = gratings().train();
    int[] forgotten = upTo(0, 7);
    try (Network model = ENGINE.network(Architectures.linear(64 * 64, 7), 1)) {
      UnlearningRequest request =
          UnlearningRequest.of(model, Batch.of(train, forgotten))
              .withRetained(Subsets.rest(train, forgotten))
              .withSeed(3);
      UnlearningMethod byName = UnlearningMethods.named("add-noise");
      try (Network one = new AddNoise(0.01).unlearn(request);
          Network other = byName.unlearn(request);
          Network third = new AddNoise(0.02).unlearn(request)) {
        assertEquals(0, VerificationError.value(one, other));
        double moved = VerificationError.value(one, model);
        assertEquals(0.01 * Math.sqrt(model.layout().size()), moved, 0.05 * moved);
        assertEquals(2 * moved, VerificationError.value(third, model), 1e-4);
      }
      assertEquals("add noise", byName.displayName());
    }
    assertTrue(UnlearningMethods.names().containsAll(List.of("add-noise", "retraining")));
    String message =
        assertThrows(IllegalArgumentException.class, () -> UnlearningMethods.named("x"))
            .getMessage();
    assertTrue(message.contains("there is add-noise, amnesiac, "), message);
  }

  /** A row among those of the library's methods, tuned like them, in all that shows E9. */
  @Test
  void aMethodOfOnesOwnStandsInE9() {
    Experiment<?> e9 = Experiments.of("E9");
    DataSets data = DataSets.of(DataCache.fromEnvironment(), line -> {});
    Runner runner = new Runner(ENGINE, data, line -> {}).withStore(new ResultStore(folder));
    List<BenchmarkSettings> runs =
        BenchmarkExperiment.runs(Scale.SMOKE).stream()
            .filter(run -> run.protocol() == BenchmarkSettings.Protocol.RANDOM)
            .toList();
    assertEquals(
        List.of(Optional.empty(), Optional.of("add-noise")),
        runs.stream().map(BenchmarkSettings::only).toList());
    Table table = runner.run(new BenchmarkExperiment(), runs);
    assertEquals(21, table.rowCount());
    Table own = table.where(table.stringColumn("method").isEqualTo("add-noise"));
    assertEquals(1, own.intColumn("run").get(0));
    assertTrue(List.of(0.001, 0.01, 0.1).contains(own.doubleColumn("tuned").get(0)));
    double moved = own.doubleColumn("tuned").get(0);
    assertTrue(own.doubleColumn("v").get(0) > moved, "noise of so much on each weight");
    assertTrue(own.doubleColumn("gap").get(0) >= 0);
    assertTrue(own.longColumn("gradients").isMissing(0), "it does not say what it costs");
    assertEquals(
        table.doubleColumn("forgetting_distance").get(0),
        own.doubleColumn("forgetting_distance").get(0),
        "the same networks");
    assertTrue(
        e9.reading().summary(table).orElseThrow().stringColumn("method").contains("add-noise"));
    Figure figure = e9.figures(Scale.SMOKE, table).get("e9-gap");
    assertTrue(figure.data().stringColumn("series").contains("add-noise"));
    Table without = table.where(table.stringColumn("only").isMissing()).removeColumns("only");
    assertEquals(
        e9.reading().verdicts(Scale.SMOKE, without), e9.reading().verdicts(Scale.SMOKE, table));
    assertEquals(
        table.print(), runner.finished(new BenchmarkExperiment(), runs).orElseThrow().print());
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    runner.run(
                        new BenchmarkExperiment(),
                        List.of(SettingsJson.with(runs.get(0), "only", "ad-noise"))))
            .getMessage();
    assertTrue(message.contains("no unlearning method is called \"ad-noise\""), message);
    File[] kept = folder.resolve("benchmark").toFile().listFiles(File::isDirectory);
    assertEquals(2, kept.length, "nothing is left of a name that nobody has");
  }

  @Test
  void aDataSetInOneClassByName() {
    FineTuningSettings settings =
        SettingsJson.with(
            FineTuningSettings.authors(),
            "data",
            "gratings",
            "model",
            "linear-4096",
            "examples",
            42,
            "pretrainingEpochs",
            1,
            "pretrainingBatchSize",
            14,
            "epochs",
            2,
            "batchSize",
            14,
            "testExamples",
            70,
            "measureEvery",
            3);
    DataSets byName = DataSets.of(new DataCache(folder, true), line -> {});
    Table named = new Runner(ENGINE, byName, line -> {}).run(new FineTuning(), List.of(settings));
    assertTrue(named.doubleColumn("forgetting_distance").max() > 0);
    assertTrue(named.doubleColumn("test_accuracy").max() > 0.5);
    // The same as an object, under any name.
    DatasetProvider.Parts parts = gratings();
    Table handed =
        new Runner(ENGINE, DataSets.only(parts.train(), parts.test()), line -> {})
            .run(new FineTuning(), List.of(settings));
    assertEquals(handed.print(), named.print());
    String message =
        assertThrows(IllegalArgumentException.class, () -> byName.of("grating")).getMessage();
    assertTrue(
        message.contains(
            "no data set is called \"grating\"; there is cifar10, cifar100,"
                + " cifar100-superclasses, gratings, imdb-N, mnist"),
        message);
  }

  @Test
  void anExperimentInOneClassByItsId() {
    Experiment<?> found = Experiments.of("x1");
    assertEquals("X1", found.id());
    assertEquals(List.of("C2.1", "C2.2"), ids().subList(0, 2));
    assertTrue(ids().containsAll(List.of("E1", "X1")));
    Table table = computed(found);
    assertEquals(6, table.rowCount());
    Table again = computed(found);
    assertEquals(table.print(), again.print());
    double nothing = table.doubleColumn("forgetting_distance").get(0);
    assertEquals(nothing, table.doubleColumn("forgetting_distance").get(2), "one network a seed");
    Table ascended = table.where(table.stringColumn("method").isEqualTo("gradient-ascent"));
    assertTrue(ascended.doubleColumn("v").min() > 0);
    Figure figure = found.figures(Scale.SMOKE, table).get("x1-nearness");
    assertEquals(6, figure.data().rowCount());
  }

  private static List<String> ids() {
    return Experiments.all().stream().<String>map(Experiment::id).toList();
  }

  private <S extends Record> Table computed(Experiment<S> experiment) {
    DataSets data = DataSets.of(new DataCache(folder, true), line -> {});
    return new Runner(ENGINE, data, line -> {})
        .withStore(new ResultStore(folder))
        .run(experiment.computation(), experiment.runs().apply(Scale.SMOKE));
  }

  @Test
  void picturesOfAnotherSizeTrainANetworkOfOnesOwn() {
    DatasetProvider.Parts parts = gratings();
    Architecture convolutional =
        new Architecture(
            "stripes",
            List.of(1, 64, 64),
            7,
            List.of(
                new Layer.Convolution(1, 8, 5, 2, 2, false),
                new Layer.BatchNorm(8),
                new Layer.Relu(),
                new Layer.AveragePool(32),
                new Layer.Flatten(),
                new Layer.Dense(8, 7, true)));
    BatchOrder order = BatchOrder.shuffled(parts.train(), upTo(0, 140), 28, 8, 1);
    SgdTrainer trainer =
        new SgdTrainer(Objective.crossEntropy(), Schedule.oneCycle(0.5)).withMomentum(0.9);
    try (Network network = ENGINE.network(convolutional, 1)) {
      double before = Evaluation.of(network, parts.test()).meanLoss();
      trainer.train(network, order);
      assertTrue(Evaluation.of(network, parts.test()).meanLoss() < before);
    }
  }

  @Test
  void aScheduleInOneClass() {
    BatchOrder order = BatchOrder.fixed(gratings().train(), upTo(0, 4), 1, 1);
    Schedule triangle = Schedules.named("triangle(peak=0.4)");
    double[] expected = {0.1, 0.3, 0.3, 0.1};
    for (int step = 0; step < 4; step++) {
      assertEquals(expected[step], triangle.rate(order, step), 1e-15);
    }
    Schedule object = (steps, step) -> 0.1 / (1 + step);
    assertEquals(0.05, object.rate(order, 1));
  }
}
