package dev.unrolling.experiments.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.RealData;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Runner;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.store.ResultStore;
import dev.unrolling.unlearning.sisa.SisaCost;
import dev.unrolling.unlearning.sisa.SisaPartition;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

class CostVerdictsTest {

  private static final Engine ENGINE =
      Engines.open("torch", "cpu", Precision.FLOAT32).withThreads(1);

  /** 96 examples, 2 shards of 2 slices, 2 epochs a slice, 6 requests. */
  private static final CostSettings SMALL =
      new CostSettings(
          "resnet8-2", "cifar10", 96, 2, 2, 3, 16, 0.05, 5, 1, 6, 10, 60, 2000, 100, 9, 0);

  private static final Table TABLE =
      runner(ENGINE).run(new ForgettingCost(), List.of(SMALL, SMALL.withSeed(1)));

  private static Runner runner(Engine engine) {
    return new Runner(
        engine, DataSets.only(RealData.cifar10Train(), RealData.cifar10Test()), line -> {});
  }

  private static Table with(String name, Column<?> values) {
    return TABLE.copy().replaceColumn(name, values.copy().setName(name));
  }

  private static Table constant(String name, double value) {
    double[] values = new double[TABLE.rowCount()];
    Arrays.fill(values, value);
    return with(name, DoubleColumn.create(name, values));
  }

  @Test
  void tableHoldsWhatWasServed() {
    assertEquals(12, TABLE.rowCount());
    assertEquals(List.of(1, 2, 3, 4, 5, 6), TABLE.first(6).intColumn("request").asList());
    // 2 shards, 2 epochs over 24 and over 48 examples: as many as 3 epochs over 96.
    assertEquals(288, TABLE.longColumn("training").get(0));
    assertEquals(TABLE.longColumn("counted").asList(), TABLE.longColumn("cost").asList());
    assertTrue(TABLE.longColumn("cost").countUnique() > 2);
    assertTrue(TABLE.doubleColumn("plain_e").isGreaterThan(0).size() == 12);
    assertEquals(2, TABLE.doubleColumn("plain_e").countUnique());
    assertEquals(2, TABLE.doubleColumn("sd_e").countUnique());
    // Products of 16 examples' Hessian, two gradients each.
    assertEquals(0, TABLE.longColumn("sd_measuring").get(0) % 32);
    assertTrue(TABLE.longColumn("sd_measuring").get(0) > 0);
    double accuracy = TABLE.doubleColumn("vote_accuracy").get(0);
    assertTrue(accuracy > 0 && accuracy < 1);
  }

  @Test
  void runsAtOnceGiveTheSameBitsAsOneAfterAnother() {
    Table two =
        runner(ENGINE.withThreads(2))
            .withRunsAtOnce(2)
            .run(new ForgettingCost(), List.of(SMALL, SMALL.withSeed(1)));
    assertEquals(TABLE.write().toString("csv"), two.write().toString("csv"));
  }

  @Test
  void aStoredRunIsReadBackAsItWas(@TempDir Path folder) {
    CostSettings tiny = SettingsJson.with(SMALL, "examples", 64, "horizon", 20, "requests", 2);
    Runner kept = runner(ENGINE).withStore(new ResultStore(folder));
    Table first = kept.run(new ForgettingCost(), List.of(tiny));
    Table again = kept.finished(new ForgettingCost(), List.of(tiny)).orElseThrow();
    assertEquals(first.structure().toString(), again.structure().toString());
    assertEquals(CostVerdicts.closedForm("E8", first), CostVerdicts.closedForm("E8", again));
    assertEquals(
        CostCurves.of(first).write().toString("csv"), CostCurves.of(again).write().toString("csv"));
    assertEquals(tiny, SettingsJson.read(SMALL, SettingsJson.write(tiny)));
  }

  @Test
  void theClosedFormIsThatOfTheServedRequests() {
    Verdict right = CostVerdicts.closedForm("E8", TABLE);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    SisaPartition partition = SisaPartition.of(IntStream.range(0, 96).toArray(), 2, 2, 0);
    SisaCost cost = SisaCost.of(partition, 2, 1);
    double first = cost.ofRequest(1);
    // Every request as dear as the first; slices forgotten; shards forgotten.
    assertClosedFormFails(request -> request * first);
    assertClosedFormFails(request -> request * 2.0 * (24 + 48));
    assertClosedFormFails(request -> 2 * cost.total(request));
    // Bourtoule et al.'s sum with whole epochs over the shard, E = 3.
    assertClosedFormFails(request -> 3 * (47.0 * request - request * (request - 1) / 4.0));
    Table miscounted = with("cost", changed("counted", count -> count + 1));
    assertEquals(Outcome.FAILS, CostVerdicts.closedForm("E8", miscounted).outcome());
    Table far = with("total", changed("total", count -> 3 * count));
    assertEquals(Outcome.FAILS, CostVerdicts.closedForm("E8", far).outcome());
  }

  private static LongColumn changed(String column, LongUnaryOperator change) {
    return LongColumn.create(
        column, TABLE.longColumn(column).asList().stream().mapToLong(v -> v).map(change).toArray());
  }

  private static void assertClosedFormFails(IntToDoubleFunction formula) {
    double[] wrong =
        TABLE.intColumn("request").asList().stream().mapToDouble(formula::applyAsDouble).toArray();
    Table table = with("expected_total", DoubleColumn.create("expected_total", wrong));
    assertEquals(Outcome.FAILS, CostVerdicts.closedForm("E8", table).outcome());
  }

  @Test
  void theSdLossHelpsIfEFallsAndAccuracyStays() {
    DoubleColumn e = TABLE.doubleColumn("plain_e");
    DoubleColumn accuracy = TABLE.doubleColumn("plain_accuracy");
    Table third = with("sd_e", e.divide(3));
    third.replaceColumn("sd_accuracy", accuracy.copy().setName("sd_accuracy"));
    third.replaceColumn(
        "sd_measuring", third.longColumn("plain_measuring").copy().setName("sd_measuring"));
    assertEquals(Outcome.HOLDS, CostVerdicts.lossHelps("E8", third).outcome());
    // Gamma ignored: the same e; gamma the wrong way round; and a model that predicts nothing.
    Table ignored = third.copy().replaceColumn("sd_e", e.copy().setName("sd_e"));
    assertEquals(Outcome.FAILS, CostVerdicts.lossHelps("E8", ignored).outcome());
    Table more = third.copy().replaceColumn("sd_e", e.multiply(3).setName("sd_e"));
    assertEquals(Outcome.FAILS, CostVerdicts.lossHelps("E8", more).outcome());
    Table collapsed =
        third.copy().replaceColumn("sd_accuracy", accuracy.subtract(0.06).setName("sd_accuracy"));
    assertEquals(Outcome.FAILS, CostVerdicts.lossHelps("E8", collapsed).outcome());
    // Measuring e so often that it eats the gain.
    Table dear = third.copy().replaceColumn("sd_measuring", constantLong(100_000));
    assertEquals(Outcome.FAILS, CostVerdicts.lossHelps("E8", dear).outcome());
    // In one run only.
    double[] half = e.asDoubleArray();
    IntStream.range(0, 6).forEach(i -> half[i] /= 3);
    Table some = third.copy().replaceColumn("sd_e", DoubleColumn.create("sd_e", half));
    assertEquals(Outcome.UNDECIDED, CostVerdicts.lossHelps("E8", some).outcome());
  }

  private static LongColumn constantLong(long value) {
    return LongColumn.create(
        "sd_measuring", IntStream.range(0, 12).mapToLong(i -> value).toArray());
  }

  @Test
  void aBudgetBeatsSisaFromSomeSizeOn() {
    // SISA costs 5/12 of retraining, and retraining at every third request a third of it.
    for (int budget = 0; budget < 5; budget++) {
      Table free = constant("budget", budget);
      free.replaceColumn("plain_measuring", constantLong(0).setName("plain_measuring"));
      Verdict told = CostVerdicts.belowSisa("E8", free);
      assertEquals(budget < 2 ? Outcome.FAILS : Outcome.HOLDS, told.outcome(), told.toString());
      assertTrue(told.evidence().contains("from a budget for 2 requests on"), told.toString());
    }
    // Measuring e costs more than SISA in all.
    Table dear = constant("budget", 60);
    dear.replaceColumn("plain_measuring", constantLong(10_000).setName("plain_measuring"));
    assertEquals(Outcome.FAILS, CostVerdicts.belowSisa("E8", dear).outcome());
    // In one run only.
    long[] some = IntStream.range(0, 12).mapToLong(i -> i < 6 ? 0 : 10_000).toArray();
    dear.replaceColumn("plain_measuring", LongColumn.create("plain_measuring", some));
    assertEquals(Outcome.UNDECIDED, CostVerdicts.belowSisa("E8", dear).outcome());
  }

  @Test
  void shardingCostsAccuracyWhereTheVoteIsBelow() {
    DoubleColumn vote = TABLE.doubleColumn("vote_accuracy");
    Table above = with("plain_accuracy", vote.add(0.01));
    assertEquals(Outcome.UNDECIDED, sharding(above), "too few test examples");
    int[] thousand = IntStream.generate(() -> 1000).limit(12).toArray();
    above.replaceColumn("test_examples", IntColumn.create("test_examples", thousand));
    assertEquals(Outcome.HOLDS, sharding(above));
    // The vote itself, and a model that is better in one run of two.
    above.replaceColumn("plain_accuracy", vote.copy().setName("plain_accuracy"));
    assertEquals(Outcome.FAILS, sharding(above));
    double[] some = vote.asDoubleArray();
    some[0] += 0.01;
    above.replaceColumn("plain_accuracy", DoubleColumn.create("plain_accuracy", some));
    assertEquals(Outcome.UNDECIDED, sharding(above));
  }

  private static Outcome sharding(Table table) {
    return CostVerdicts.shardingCostsAccuracy("E8", table).outcome();
  }

  @Test
  void unlearningIsWorthItIfItComesNearer() {
    DoubleColumn distance = TABLE.doubleColumn("plain_forgetting_distance");
    Table nearer = with("plain_v", distance.multiply(0.9));
    nearer.replaceColumn(
        "sd_v", nearer.doubleColumn("sd_forgetting_distance").multiply(0.9).setName("sd_v"));
    assertEquals(Outcome.HOLDS, CostVerdicts.nearerThanDoingNothing("E8", nearer).outcome());
    nearer.replaceColumn("plain_v", distance.multiply(1.1).setName("plain_v"));
    assertEquals(Outcome.FAILS, CostVerdicts.nearerThanDoingNothing("E8", nearer).outcome());
  }

  @Test
  void curvesAreThoseOfTheCosts() {
    Table curves = CostCurves.of(TABLE);
    Table sisa = curves.where(curves.stringColumn("policy").isEqualTo(CostCurves.SISA));
    assertEquals(60, (int) sisa.intColumn("request").max());
    double measured = TABLE.doubleColumn("expected_total").get(5) / 6;
    Table six = sisa.where(sisa.intColumn("request").isEqualTo(6));
    assertEquals(measured, six.doubleColumn("amortised").get(0), 1e-9);
    // Retraining: 3 (95 + ... + 90) / 6.
    Table all = curves.where(curves.intColumn("request").isEqualTo(6));
    Table whole = all.where(all.stringColumn("policy").isEqualTo(CostCurves.RETRAINING));
    assertEquals(277.5, whole.doubleColumn("amortised").get(0), 1e-9);
    assertEquals(1, whole.doubleColumn("of_retraining").get(0));
    // 18 steps' updates and the model.
    Table amnesiac = all.where(all.stringColumn("policy").isEqualTo(CostCurves.AMNESIAC));
    assertEquals(19, amnesiac.longColumn("stored_vectors").get(0));
    Table sizes = CostCurves.overPoints(SMALL);
    assertEquals(List.of(1, 2, 4, 8, 16), sizes.intColumn("points").asList());
    assertEquals(TABLE.doubleColumn("expected").get(0), sizes.doubleColumn("sisa").get(0), 1e-9);
  }

  @Test
  void badSettingsAreNamed() {
    assertNamed("shards", () -> settings(0, 2, 3, 1, 6, 10, 60, 5));
    assertNamed("slices", () -> settings(2, 0, 3, 1, 6, 10, 60, 5));
    assertNamed("epochs must make", () -> settings(2, 3, 3, 1, 6, 10, 60, 5));
    assertNamed("points", () -> settings(2, 2, 3, 0, 6, 10, 60, 5));
    assertNamed("requests", () -> settings(2, 2, 3, 1, 0, 10, 60, 5));
    assertNamed("horizon must be at least 6", () -> settings(2, 2, 3, 1, 6, 10, 5, 5));
    assertNamed("horizon must leave", () -> settings(2, 2, 3, 4, 6, 10, 24, 5));
    assertNamed("budget", () -> settings(2, 2, 3, 1, 6, -1, 60, 5));
    assertNamed("budget", () -> settings(2, 2, 3, 1, 6, Double.NaN, 60, 5));
    assertNamed("rate and gamma", () -> settings(2, 2, 3, 1, 6, 10, 60, 0));
    assertNamed("examples", () -> settings(40, 3, 4, 1, 6, 10, 60, 5));
    assertNamed("data", () -> SettingsJson.with(SMALL, "data", " "));
    for (Scale scale : Scale.values()) {
      assertEquals(scale.isSmall(), CostSettings.seeds(scale).size() > 1);
    }
  }

  private static CostSettings settings(
      int shards,
      int slices,
      int epochs,
      int points,
      int requests,
      double budget,
      int horizon,
      double gamma) {
    return new CostSettings(
        "resnet8-2",
        "cifar10",
        96,
        shards,
        slices,
        epochs,
        16,
        0.05,
        gamma,
        points,
        requests,
        budget,
        horizon,
        100,
        100,
        9,
        0);
  }

  private static void assertNamed(String part, Executable wrong) {
    String message = assertThrows(IllegalArgumentException.class, wrong).getMessage();
    assertTrue(message.contains(part), message);
  }
}
