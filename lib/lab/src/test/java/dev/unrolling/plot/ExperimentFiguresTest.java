package dev.unrolling.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.RealData;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.Experiments;
import dev.unrolling.experiment.Runner;
import dev.unrolling.experiments.cost.CostCurves;
import dev.unrolling.experiments.cost.CostSettings;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.experiments.privacy.PrivacyVerdicts;
import dev.unrolling.experiments.sparsity.SparsitySettings;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvReadOptions;

/** The figures of each experiment, from a table that it computes here at smoke scale. */
class ExperimentFiguresTest {

  private static final FineTuningSettings BASE = FineTuningSettings.of(Scale.SMOKE);
  private static final Map<String, Table> TABLES = new HashMap<>();

  @TempDir private Path folder;

  static Stream<String> ids() {
    return Experiments.all().stream().<String>map(Experiment::id).filter(id -> !id.startsWith("X"));
  }

  private static Table table(String id) {
    return TABLES.computeIfAbsent(id, key -> compute(Experiments.of(key)));
  }

  /** A few of its runs, shorter ones where its figures allow. */
  private static <S extends Record> Table compute(Experiment<S> experiment) {
    List<S> runs =
        experiment.runs().apply(Scale.SMOKE).stream()
            .filter(run -> isKept(experiment.id(), SettingsJson.write(run)))
            .map(run -> shorter(experiment.id(), run))
            .toList();
    Engine engine = Engines.open(experiment.engine(), "cpu", experiment.precision());
    return new Runner(engine, DataSets.of(RealData.cache(), line -> {}), line -> {})
        .withRunsAtOnce(engine.threads())
        .run(experiment.computation(), runs);
  }

  /** The first pair, two weights of the penalty; of the factors of E7 the rate and momentum. */
  private static boolean isKept(String id, String settings) {
    Predicate<String> has = setting -> settings.contains(setting + ",");
    boolean first = !settings.contains("cifar100") && !settings.contains("vgg");
    boolean gamma = has.test("\"gamma\" : 0.0") || has.test("\"gamma\" : 5.0");
    return switch (id) {
      case "E1", "C2.10" -> first && gamma && has.test("\"rate\" : " + BASE.rate());
      case "E7" ->
          has.test("\"batchSize\" : " + BASE.batchSize())
              && has.test("\"epochs\" : " + BASE.epochs())
              && has.test("\"pretrainingEpochs\" : " + BASE.pretrainingEpochs())
              && has.test("\"weightDecay\" : 0.0")
              && settings.contains("\"seed\" : 0");
      case "E2", "E3", "E6" -> first && gamma;
      case "C2.12" -> settings.contains("\"seed\" : 0");
      // Of each check of theory what is on reviews: the models are the smallest.
      default -> !id.startsWith("C") || settings.contains("\"imdb-100\"");
    };
  }

  private static <S extends Record> S shorter(String id, S run) {
    return switch (id) {
      case "E1", "E2" ->
          SettingsJson.with(run, "examples", 32, "testExamples", 20, "measureEvery", 2);
      case "C2.10" ->
          SettingsJson.with(
              run, "model", "tanh-cnn-2", "examples", 32, "testExamples", 20, "measureEvery", 2);
      case "C2.12" -> sparse(run);
      case "E3" -> SettingsJson.with(run, "examples", 32, "testExamples", 20, "measureEvery", 5);
      case "E4" -> SettingsJson.with(run, "examples", 64, "testExamples", 20);
      case "E6" -> SettingsJson.with(run, "examples", 64, "testExamples", 40);
      case "E8" -> SettingsJson.with(run, "testExamples", 20, "simulations", 100);
      default -> run;
    };
  }

  private static <S extends Record> S sparse(S run) {
    FineTuningSettings whole = ((SparsitySettings) run).fineTuning();
    return SettingsJson.with(
        run, "fineTuning", SettingsJson.with(whole, "examples", 32, "testExamples", 20));
  }

  private static Map<String, Figure> figures(String id) {
    return Experiments.of(id).figures(Scale.SMOKE, table(id));
  }

  private static List<Plot> plots(Figure figure) {
    return figure instanceof PanelFigure panels ? panels.plots() : List.of((Plot) figure);
  }

  @ParameterizedTest
  @MethodSource("ids")
  void eachFigureShowsAllThatItHas(String id) {
    Map<String, Figure> figures = figures(id);
    assertFalse(figures.isEmpty());
    figures.forEach(
        (name, figure) -> {
          assertTrue(name.startsWith(id.toLowerCase(Locale.ROOT) + "-"), name);
          assertTrue(figure.title().contains("smoke scale"), figure.title());
          for (Plot plot : plots(figure)) {
            assertTrue(plot.all().stream().anyMatch(one -> one.kind().isMeasured()), name);
            plot.all().forEach(series -> isInRange(name, plot, series));
          }
        });
  }

  private static void isInRange(String figure, Plot plot, Series series) {
    String where = figure + ", " + plot.title() + ", " + series.name();
    if (series.kind().isMeasured()) {
      assertTrue(series.xs().length > 0, where + " is empty");
      assertEquals(0, series.gaps(), where + " has gaps");
    }
    inRange(where, plot.xAxis(), series.xs());
    inRange(where, plot.yAxis(), series.ys());
    boolean wide =
        IntStream.range(0, series.lows().length).anyMatch(i -> series.lows()[i] < series.ys()[i]);
    if (wide && !series.name().contains("% of simulated sequences")) {
      String said = series.spread();
      assertTrue(
          said.matches(
              "mean and (range|95% interval) over ([0-9]+ (seeds|runs)|examples and classes)"),
          where + said);
    }
    for (int i = 0; i < series.lows().length; i++) {
      // An interval of one run has no end.
      assertFalse(series.lows()[i] > series.ys()[i], where);
      assertFalse(series.highs()[i] < series.ys()[i], where);
    }
  }

  private static void inRange(String where, Axis axis, double[] values) {
    for (double value : values) {
      assertTrue(
          Double.isNaN(value) || value >= axis.low() && value <= axis.high(),
          where + ": " + value + " is outside " + axis);
    }
  }

  @ParameterizedTest
  @MethodSource("ids")
  void eachTableBesideAFigureHasThePlottedNumbers(String id) throws IOException {
    for (Map.Entry<String, Figure> entry : figures(id).entrySet()) {
      Figure figure = entry.getValue();
      figure.saveForPrint(folder, entry.getKey());
      Table saved = read(folder.resolve(entry.getKey() + ".csv"), figure.data().columnCount());
      List<Series> all = plots(figure).stream().flatMap(plot -> plot.all().stream()).toList();
      assertEquals(names(all), saved.stringColumn("series").asList());
      assertArrayEquals(values(all, Series::xs), saved.doubleColumn("x").asDoubleArray());
      assertArrayEquals(values(all, Series::ys), saved.doubleColumn("y").asDoubleArray());
      if (saved.containsColumn("low")) {
        List<Series> spread = all.stream().filter(Series::hasSpread).toList();
        List<String> spreadNames = names(spread);
        Table ends =
            saved.where(saved.stringColumn("series").isIn(spreadNames.toArray(String[]::new)));
        assertArrayEquals(values(spread, Series::lows), ends.doubleColumn("low").asDoubleArray());
        assertArrayEquals(values(spread, Series::highs), ends.doubleColumn("high").asDoubleArray());
      }
      for (String width : List.of("-page", "-column")) {
        assertTrue(Files.size(folder.resolve(entry.getKey() + width + ".png")) > 5000);
      }
    }
  }

  /**
   * A series, and how to find it in the experiment's table by hand.
   *
   * @param rows it is of
   * @param last whether only the last row of each run counts
   * @param range whether its spread is the range over runs
   */
  private record Claim(
      String id,
      String figure,
      String panel,
      String series,
      String x,
      String y,
      Predicate<Row> rows,
      boolean last,
      boolean range) {}

  private static boolean is(Row row, String column, double value) {
    return ((Number) row.getObject(column)).doubleValue() == value;
  }

  static Stream<Claim> claims() {
    Predicate<Row> all = row -> true;
    Predicate<Row> plain = row -> is(row, "gamma", 0);
    Predicate<Row> penalised = row -> is(row, "gamma", 5) && is(row, "gamma_divisor", 1);
    Predicate<Row> retrained =
        row -> is(row, "gamma", 0) && row.getString("method").equals(PrivacyVerdicts.RETRAINED);
    return Stream.of(
        new Claim(
            "C2.1",
            "c2.1-linear-384",
            "",
            "remainder with f terms",
            "rate",
            "remainder_with_f",
            row -> !row.getBoolean("quadratic"),
            false,
            false),
        new Claim(
            "C2.2",
            "c2.2-batches-linear-384",
            "x* last in the epoch",
            "v",
            "rate",
            "v",
            row -> row.getString("position").equals("last") && is(row, "epochs", 2),
            false,
            false),
        new Claim(
            "C2.7",
            "c2.7-margins-imdb-100",
            "",
            "measured",
            "gamma",
            "mean_margin",
            row -> row.getDouble("gamma") > 0,
            true,
            false),
        new Claim(
            "E1",
            "e1-pairs",
            BASE.model() + " on cifar10",
            "v, single gradient",
            "step",
            "v_single_gradient",
            plain,
            false,
            true),
        new Claim(
            "E1",
            "e1-settings",
            "",
            "rate 0.01, gamma 5",
            "e",
            "v_single_gradient",
            penalised,
            true,
            false),
        new Claim(
            "E2",
            "e2-gamma",
            "Verification and unlearning error",
            "e1, one eta",
            "gamma",
            "e1",
            all,
            true,
            true),
        new Claim(
            "E3", "e3-scratch", "Movement", "gamma 5", "step", "norm_dw", penalised, false, true),
        new Claim(
            "C2.12",
            "c2.12-sparsity",
            "Movement",
            "norm(dw)",
            "sparsity",
            "norm_dw",
            all,
            true,
            true),
        new Claim(
            "E4",
            "e4-checkpoints",
            "gamma 0",
            "e, checkpointed",
            "step",
            "e_checkpointed",
            plain.and(row -> row.getInt("step") > 1),
            false,
            true),
        new Claim(
            "E5",
            "e5-gamma",
            "Accuracy",
            "test accuracy",
            "gamma",
            "test_accuracy",
            all,
            true,
            true),
        new Claim(
            "E6",
            "e6-visits",
            "gamma 0",
            PrivacyVerdicts.RETRAINED,
            "visits",
            "risk",
            retrained,
            false,
            false),
        new Claim(
            "E8",
            "e8-served",
            "",
            "served, seed 1",
            "request",
            "total",
            row -> is(row, "run", 1),
            false,
            false));
  }

  @ParameterizedTest
  @MethodSource("claims")
  void aSeriesIsWhatTheTableSays(Claim claim) {
    Table table = table(claim.id());
    Map<Integer, Integer> ends = new HashMap<>();
    if (claim.last()) {
      table.forEach(row -> ends.merge(row.getInt("run"), row.getInt("step"), Math::max));
    }
    Map<Double, DoubleSummaryStatistics> expected = new TreeMap<>();
    for (Row row : table) {
      if (claim.rows().test(row)
          && (!claim.last() || row.getInt("step") == ends.get(row.getInt("run")))) {
        double x = ((Number) row.getObject(claim.x())).doubleValue();
        double y = ((Number) row.getObject(claim.y())).doubleValue();
        expected.computeIfAbsent(x, key -> new DoubleSummaryStatistics()).accept(y);
      }
    }
    Table data = figures(claim.id()).get(claim.figure()).data();
    Table drawn = data.where(data.stringColumn("series").isEqualTo(claim.series()));
    if (!claim.panel().isEmpty()) {
      drawn = drawn.where(drawn.stringColumn("panel").isEqualTo(claim.panel()));
    }
    drawn = drawn.sortOn("x");
    assertEquals(
        List.copyOf(expected.keySet()), drawn.doubleColumn("x").asList(), claim.toString());
    List<DoubleSummaryStatistics> values = List.copyOf(expected.values());
    for (int i = 0; i < values.size(); i++) {
      double size = Math.abs(values.get(i).getAverage());
      assertEquals(values.get(i).getAverage(), drawn.doubleColumn("y").get(i), 1e-12 * size);
      if (claim.range()) {
        assertEquals(values.get(i).getMin(), drawn.doubleColumn("low").get(i));
        assertEquals(values.get(i).getMax(), drawn.doubleColumn("high").get(i));
      }
    }
  }

  /** The base setting is the point (1, 1) that the others are drawn about. */
  @Test
  void aFactorMovesVByWhatTheTableSays() {
    Table table = table("E7");
    Map<String, Double> ends = new HashMap<>();
    for (Row row : table.sortOn("step")) {
      boolean momentum = row.getDouble("momentum") == 0.9;
      boolean rate = row.getDouble("rate") != BASE.rate();
      String name = momentum ? "momentum" : rate ? "rate" : "base";
      ends.put(name, row.getDouble("v_single_gradient"));
      ends.put(name + " e", row.getDouble("e"));
    }
    Table data = figures("E7").get("e7-factors").data();
    Table drawn = data.where(data.stringColumn("series").isEqualTo("momentum 0.9"));
    assertEquals(1, drawn.rowCount(), data.print());
    assertEquals(ends.get("momentum") / ends.get("base"), drawn.doubleColumn("y").get(0), 1e-9);
    assertEquals(ends.get("momentum e") / ends.get("base e"), drawn.doubleColumn("x").get(0), 1e-9);
  }

  /** Of E1's runs: two epochs of 32 examples, half of them forgotten. */
  @Test
  void theFrontOfUnlearningEndsAtRetraining() {
    Table data = figures("C2.10").get("c2.10-front").data();
    Table again = data.where(data.stringColumn("series").isEqualTo("retraining from w_0"));
    assertEquals(List.of(2 * 16.0), again.doubleColumn("x").asList());
    assertEquals(List.of(0.0), again.doubleColumn("y").asList());
    Table table = table("C2.10");
    Table single =
        table.where(
            table
                .stringColumn("method")
                .isEqualTo("single-gradient")
                .and(table.doubleColumn("test_accuracy").isNotMissing()));
    double mean =
        single.doubleColumn("v").divide(single.doubleColumn("forgetting_distance")).mean();
    Table drawn = data.where(data.stringColumn("series").isEqualTo("single gradient"));
    assertEquals(List.of(16.0), drawn.doubleColumn("x").asList());
    assertEquals(mean, drawn.doubleColumn("y").get(0), 1e-12);
    Table along = data.where(data.stringColumn("series").isEqualTo("along the trajectory"));
    // The step after each visit, of 16 examples, a product counted as two.
    assertEquals(List.of(2 * 2 * 16.0), along.doubleColumn("x").asList());
  }

  /** Retraining from scratch takes an epoch's worth of gradients for each of its epochs. */
  @Test
  void theCostOfRetrainingIsThatOfItsEpochs() {
    CostSettings settings = CostSettings.of(Scale.SMOKE);
    Table data = figures("E8").get("e8-amortised").data();
    Table drawn = data.where(data.stringColumn("series").isEqualTo(CostCurves.RETRAINING));
    double first = drawn.where(drawn.doubleColumn("x").isEqualTo(1)).doubleColumn("y").get(0);
    assertEquals(settings.epochs() * (settings.examples() - 1.0), first, 1e-9);
    assertEquals(settings.horizon(), drawn.doubleColumn("x").max());
    Table accuracy = figures("E8").get("e8-accuracy").data();
    Table voted = accuracy.where(accuracy.stringColumn("series").isEqualTo(CostCurves.SISA));
    Table firsts = table("E8").where(table("E8").intColumn("request").isEqualTo(1));
    assertEquals(firsts.doubleColumn("vote_accuracy").asList(), voted.doubleColumn("y").asList());
  }

  private static List<String> names(List<Series> all) {
    return all.stream()
        .flatMap(series -> Stream.generate(series::name).limit(series.xs().length))
        .toList();
  }

  private static double[] values(List<Series> all, Function<Series, double[]> what) {
    return all.stream().map(what).flatMapToDouble(Arrays::stream).toArray();
  }

  private static Table read(Path csv, int columns) throws IOException {
    ColumnType[] types = new ColumnType[columns];
    Arrays.fill(types, ColumnType.DOUBLE);
    String header = Files.readAllLines(csv).get(0);
    int texts = header.startsWith("panel,") ? 2 : 1;
    Arrays.fill(types, 0, texts, ColumnType.STRING);
    return Table.read()
        .usingOptions(CsvReadOptions.builder(csv.toFile()).columnTypes(types).build());
  }
}
