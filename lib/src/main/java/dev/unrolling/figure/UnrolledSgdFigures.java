package dev.unrolling.figure;

import tech.tablesaw.api.Table;

/** Figures of the tables of {@code UnrolledSgdExperiment} (section 2.1). */
public final class UnrolledSgdFigures {

  private UnrolledSgdFigures() {}

  /**
   * Movement and both remainders over the learning rate, beside lines of slope 1, 2 and 3 through
   * the values at the smallest rate.
   *
   * @param title of the figure
   * @param table a row a rate
   */
  public static Plot orders(String title, Table table) {
    Table sorted = table.sortOn("rate");
    double[] rates = sorted.doubleColumn("rate").asDoubleArray();
    return Figure.lines(title, "learning rate eta", "norm (weights)")
        .logX()
        .logY()
        .series("movement ‖w_t − w_0‖", sorted.doubleColumn("rate"), sorted.doubleColumn("norm_dw"))
        .series(
            "remainder without f terms",
            sorted.doubleColumn("rate"),
            sorted.doubleColumn("remainder_without_f"))
        .series(
            "remainder with f terms",
            sorted.doubleColumn("rate"),
            sorted.doubleColumn("remainder_with_f"))
        .slope("slope 1", 1, rates, sorted.doubleColumn("norm_dw").get(0))
        .slope("slope 2", 2, rates, sorted.doubleColumn("remainder_without_f").get(0))
        .slope("slope 3", 3, rates, sorted.doubleColumn("remainder_with_f").get(0));
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
