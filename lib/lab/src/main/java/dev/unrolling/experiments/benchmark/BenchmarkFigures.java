package dev.unrolling.experiments.benchmark;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.statistics.Tables;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tech.tablesaw.aggregate.AggregateFunctions;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Figures and tables of {@link BenchmarkExperiment}'s results. */
public final class BenchmarkFigures {

  private static final int MOST_LEFT = 100;
  private static final String LEFT = "v / forgetting distance, where at most " + MOST_LEFT;
  private static final String GAP = "gap to retraining (percentage points)";

  /** Methods that have a series of their own, and its name; the others share one. */
  private static final Map<String, String> NAMED = new LinkedHashMap<>();

  static {
    NAMED.put(BenchmarkExperiment.NOTHING, "nothing done");
    NAMED.put("single-gradient", "single gradient (the paper's)");
    NAMED.put("gradient-ascent", "gradient ascent (\"GA\")");
    NAMED.put("amnesiac", "amnesiac");
    NAMED.put("krylov", "one Hessian");
    NAMED.put("trajectory", "along the trajectory");
  }

  /** Column that runs of a single method have. */
  static final String ONLY = "only";

  private static final String OTHERS = "other baselines";

  private static final String[] GROUPS = {"data", "protocol", "method"};

  private BenchmarkFigures() {}

  /** All that there is to show of a table, by the names of the files. */
  static Map<String, Figure> all(Table table) {
    Map<String, Figure> figures = new LinkedHashMap<>();
    figures.put("e9-gap", gapAgainstV("Accuracies and weights, side by side", table));
    figures.put("e9-cost", gapAgainstCost("What the gap costs", table));
    return figures;
  }

  /**
   * The gap to retraining against what is left of the forgetting distance; a point a run. What is a
   * hundred times as far as doing nothing, and farther, is left out.
   */
  public static Plot gapAgainstV(String title, Table table) {
    Table rows = BenchmarkVerdicts.answering(table);
    Table left =
        rows.addColumns(
            rows.doubleColumn("v")
                .divide(rows.doubleColumn("forgetting_distance"))
                .setName("left"));
    Table shown = left.where(left.doubleColumn("left").isLessThanOrEqualTo(MOST_LEFT));
    return series(Figure.scatter(title, LEFT, GAP).logX(), shown, "left");
  }

  /** The gap to retraining against the gradients that a method takes, where it takes any. */
  public static Plot gapAgainstCost(String title, Table table) {
    Table rows = BenchmarkVerdicts.answering(table);
    Table costly = rows.where(rows.longColumn("gradients").isGreaterThan(0));
    return series(
        Figure.scatter(title, "gradients of one example", GAP).logX(), costly, "gradients");
  }

  private static Plot series(Plot plot, Table rows, String x) {
    Plot drawn = plot;
    for (Map.Entry<String, String> one : NAMED.entrySet()) {
      Table some = Tables.where(rows, "method", one.getKey());
      if (!some.isEmpty()) {
        drawn = drawn.series(one.getValue(), some, x, "gap");
      }
    }
    Table others = rows.where(rows.stringColumn("method").isNotIn(List.copyOf(NAMED.keySet())));
    List<String> single = others.containsColumn(ONLY) ? single(others) : List.of();
    for (String method : single) {
      drawn = drawn.series(method, Tables.where(others, "method", method), x, "gap");
    }
    Table rest = others.where(others.stringColumn("method").isNotIn(single));
    return rest.isEmpty() ? drawn : drawn.series(OTHERS, rest, x, "gap");
  }

  /** The methods that were measured alone, such as those of one's own. */
  private static List<String> single(Table rows) {
    return rows.stringColumn(ONLY).removeMissing().unique().asList();
  }

  /**
   * The mean over forget sets and seeds for each method, data set by data set and protocol by
   * protocol (a random one with its share), nearest to retraining first.
   *
   * @param columns to be averaged, in this order; {@code "gap"} is one
   */
  public static Table means(Table table, String... columns) {
    StringColumn protocols = StringColumn.create("protocol");
    for (int row = 0; row < table.rowCount(); row++) {
      String protocol = table.getString(row, "protocol");
      protocols.append(
          protocol.equals("random") ? protocol + " " + table.getString(row, "share") : protocol);
    }
    Table means =
        table
            .copy()
            .replaceColumn("protocol", protocols)
            .summarize(List.of(columns), AggregateFunctions.mean)
            .by(GROUPS);
    for (String column : columns) {
      means.column("Mean [" + column + "]").setName(column);
    }
    String[] shown =
        Stream.concat(Arrays.stream(GROUPS), Arrays.stream(columns)).toArray(String[]::new);
    return means.selectColumns(shown).sortAscendingOn("data", "protocol", "gap").setName("means");
  }
}
