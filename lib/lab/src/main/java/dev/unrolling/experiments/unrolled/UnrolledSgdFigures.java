package dev.unrolling.experiments.unrolled;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.settings.Scale;
import dev.unrolling.statistics.Tables;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import tech.tablesaw.api.Table;

/** Figures of the tables of {@link UnrolledSgdExperiment} (claim 2.1). */
public final class UnrolledSgdFigures {

  private UnrolledSgdFigures() {}

  /** A figure for each model and loss. */
  static Map<String, Figure> all(Scale scale, Table table) {
    Map<String, Figure> figures = new TreeMap<>();
    for (Table run : table.splitOn("model", "quadratic").asTableList()) {
      String model = run.stringColumn("model").get(0);
      boolean quadratic = run.booleanColumn("quadratic").get(0);
      String title = model + ", float64";
      figures.put(
          "c2.1-" + model + (quadratic ? "-quadratic" : ""),
          quadratic
              ? rounding("Quadratic loss, " + title, run, UnrolledSgdVerdicts.ROUNDING)
              : orders("Three orders, " + title, run));
    }
    return figures;
  }

  /**
   * Movement and both remainders over the learning rate, beside lines of slope 1, 2 and 3 through
   * the values at the smallest rate; a line ends where the values do not follow it.
   *
   * @param title of the figure
   * @param table a row a rate
   */
  public static Plot orders(String title, Table table) {
    Table sorted = table.sortOn("rate");
    Plot plot =
        Figure.lines(title, "learning rate eta", "norm (weights)")
            .logX()
            .logY()
            .series("movement ‖w_t − w_0‖", sorted, "rate", "norm_dw")
            .series("remainder without f terms", sorted, "rate", "remainder_without_f")
            .series("remainder with f terms", sorted, "rate", "remainder_with_f");
    plot = slope(plot, 1, sorted, "norm_dw");
    plot = slope(plot, 2, sorted, "remainder_without_f");
    return slope(plot, 3, sorted, "remainder_with_f");
  }

  /** A line from the first value, as far as it stays near the values. */
  private static Plot slope(Plot plot, int power, Table sorted, String column) {
    double[] rates = Tables.values(sorted, "rate");
    double first = Tables.at(sorted, column, 0);
    double most = 10 * sorted.numberColumn(column).max();
    double[] near =
        Arrays.stream(rates)
            .filter(rate -> first * Math.pow(rate / rates[0], power) < most)
            .toArray();
    return plot.slope("slope " + power, power, near, first);
  }

  /**
   * Relative remainder with f terms over the learning rate, beside the rounding it may have.
   *
   * @param title of the figure
   * @param table a row a rate
   * @param rounding what counts as rounding
   */
  public static Plot rounding(String title, Table table, double rounding) {
    return Figure.lines(title, "learning rate eta", "remainder / ‖w_t‖ (none)")
        .logX()
        .logY()
        .series("remainder with f terms", table, "rate", "relative_remainder")
        .horizontalLine("rounding", rounding);
  }
}
