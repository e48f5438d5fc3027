package dev.unrolling.experiments.benchmark;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.statistics.Correlation;
import dev.unrolling.statistics.MeanInterval;
import dev.unrolling.statistics.Tables;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.Table;
import tech.tablesaw.selection.Selection;

/** What tables of {@link BenchmarkExperiment} say. A run is one data set, forget set and seed. */
public final class BenchmarkVerdicts {

  /** Fewest runs that a verdict rests on. */
  public static final int FEWEST_RUNS = 3;

  private static final String PAPER = "single-gradient";
  private static final String ASCENT = "gradient-ascent";

  private BenchmarkVerdicts() {}

  /** All that a table says of the library's methods; runs of a single one are left out. */
  public static Verdict[] all(Table table) {
    boolean hasSingle = table.containsColumn(BenchmarkFigures.ONLY);
    Table whole =
        hasSingle ? table.where(table.stringColumn(BenchmarkFigures.ONLY).isMissing()) : table;
    return whole.isEmpty()
        ? new Verdict[0]
        : new Verdict[] {ranksAlike(whole), publishedIsNearer(whole)};
  }

  /**
   * 2.6 over methods: within a run, v ranks the methods as their gap to retraining does. Retraining
   * itself, whose both are 0, is left out, and so is what no longer answers. Holds if the interval
   * of the mean rank correlation over runs is above 0, fails otherwise.
   */
  public static Verdict ranksAlike(Table table) {
    double[] gaps = correlations(table, "v", "gap");
    MeanInterval mean = MeanInterval.of(gaps);
    return Verdict.of(
            "2.6, over methods",
            "Within a run v ranks methods as their gap to retraining in accuracies and membership"
                + " inference does",
            mean.low() > 0,
            "mean rank correlation of v over methods with the gap %s over %d runs (needed: above 0);"
                + " with KL %s, with the logit distance %s; of KL with the gap %s",
            mean,
            gaps.length,
            MeanInterval.of(correlations(table, "v", "kl")),
            MeanInterval.of(correlations(table, "v", "logit_distance")),
            MeanInterval.of(correlations(table, "kl", "gap")))
        .ifEnough(gaps.length >= FEWEST_RUNS, "at least " + FEWEST_RUNS + " runs are needed");
  }

  /**
   * E9: the paper's method, one stored gradient at w_0, ends nearer to M' in weights than the
   * gradient ascent that later papers cite by its name, tuned. Holds if it does in every run.
   */
  public static Verdict publishedIsNearer(Table table) {
    List<Table> runs = runs(table);
    double[] ratios =
        runs.stream()
            .mapToDouble(run -> of(run, PAPER, "v") / of(run, ASCENT, "v"))
            .filter(Double::isFinite)
            .toArray();
    double[] left = leftOver(runs, PAPER);
    double[] ascent = leftOver(runs, ASCENT);
    return Verdict.of(
            "E9",
            "The published method ends nearer to M' than the gradient ascent that is quoted by its"
                + " name",
            ratios.length > 0 && Arrays.stream(ratios).allMatch(ratio -> ratio < 1),
            "v / forgetting distance %s for the published method, %s for gradient ascent; nearer in"
                + " %d of %d runs (needed: all)",
            Tables.range(left),
            Tables.range(ascent),
            Arrays.stream(ratios).filter(ratio -> ratio < 1).count(),
            ratios.length)
        .ifEnough(ratios.length >= FEWEST_RUNS, "at least " + FEWEST_RUNS + " runs are needed");
  }

  private static double[] correlations(Table table, String one, String other) {
    return runs(table).stream()
        .map(BenchmarkVerdicts::answering)
        .mapToDouble(
            run -> Correlation.spearman(Tables.values(run, one), Tables.values(run, other)))
        .toArray();
  }

  /** The rows of methods that are compared. */
  static Table answering(Table run) {
    return run.where(
        run.stringColumn("method")
            .isNotEqualTo(BenchmarkExperiment.RETRAINING)
            .and(run.numberColumn("gap").isNotMissing())
            .and(run.numberColumn("kl").isNotMissing()));
  }

  /** The rows of each run. */
  static List<Table> runs(Table table) {
    Map<String, Selection> rows = new LinkedHashMap<>();
    for (int row = 0; row < table.rowCount(); row++) {
      StringBuilder run = new StringBuilder();
      for (String column : List.of("data", "model", "protocol", "share", "forget_set", "seed")) {
        run.append(table.column(column).getString(row)).append(' ');
      }
      rows.computeIfAbsent(run.toString(), key -> Selection.with()).add(row);
    }
    return rows.values().stream().map(table::where).toList();
  }

  private static double of(Table run, String method, String column) {
    Table rows = Tables.where(run, "method", method);
    return rows.isEmpty() ? Double.NaN : Tables.at(rows, column, 0);
  }

  private static double[] leftOver(List<Table> runs, String method) {
    return runs.stream()
        .mapToDouble(run -> of(run, method, "v") / of(run, method, "forgetting_distance"))
        .filter(Double::isFinite)
        .toArray();
  }
}
