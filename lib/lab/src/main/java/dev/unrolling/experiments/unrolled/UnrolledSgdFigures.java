package dev.unrolling.experiments.unrolled;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import java.util.Arrays;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

/** Figures of the tables of {@code UnrolledSgdExperiment} (claim 2.1). */
public final class UnrolledSgdFigures {

  private UnrolledSgdFigures() {}

  /**
   * Movement and both remainders over the learning rate, beside lines of slope 1, 2 and 3 through
   * the values at the smallest rate; a line ends where the values do not follow it.
   *
   * @param title of the figure
   * @param table a row a rate
   */
  public static Plot orders(String title, Table table) {
    Table sorted = table.sortOn("rate");
    double[] rates = sorted.doubleColumn("rate").asDoubleArray();
    Plot plot =
        Figure.lines(title, "learning rate eta", "norm (weights)")
            .logX()
            .logY()
            .series(
                "movement ‖w_t − w_0‖", sorted.doubleColumn("rate"), sorted.doubleColumn("norm_dw"))
            .series(
                "remainder without f terms",
                sorted.doubleColumn("rate"),
                sorted.doubleColumn("remainder_without_f"))
            .series(
                "remainder with f terms",
                sorted.doubleColumn("rate"),
                sorted.doubleColumn("remainder_with_f"));
    plot = slope(plot, 1, rates, sorted.doubleColumn("norm_dw"));
    plot = slope(plot, 2, rates, sorted.doubleColumn("remainder_without_f"));
    return slope(plot, 3, rates, sorted.doubleColumn("remainder_with_f"));
  }

  /** A line from the first value, as far as it stays near the values. */
  private static Plot slope(Plot plot, int power, double[] rates, DoubleColumn values) {
    double first = values.get(0);
    double[] near =
        Arrays.stream(rates)
            .filter(rate -> first * Math.pow(rate / rates[0], power) < 10 * values.max())
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
        .series(
            "remainder with f terms",
            table.doubleColumn("rate"),
            table.doubleColumn("relative_remainder"))
        .horizontalLine("rounding", rounding);
  }
}
