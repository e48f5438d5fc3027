package dev.unrolling.experiments.finetuning;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.plot.Spread;
import dev.unrolling.statistics.Tables;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

/** Figures of experiment E1's tables ({@code FineTuning}). */
public final class FineTuningFigures {

  private static final String STEP = "fine-tuning step t";

  private static final String RATIO = "ratio";

  /** Ratios nearer than this are one point of a figure. */
  private static final double DISTINGUISHABLE = 1e-3;

  private FineTuningFigures() {}

  /** Model and data of the first run, e.g. {@code "resnet18 on cifar10"}. */
  public static String subject(Table table) {
    return table.column("model").getString(0) + " on " + table.column("data").getString(0);
  }

  /**
   * Verification error by two methods, and the distance without unlearning, over the steps; mean
   * and range over the runs.
   *
   * @param title of the figure
   * @param runs measurements of runs that differ in their seed alone
   */
  public static Plot distances(String title, Table runs) {
    Plot plot = Figure.lines(title, STEP, "distance to M' (weight norm)").logY();
    plot = band(plot, "v, single gradient", runs, "v_single_gradient");
    plot = band(plot, "v, amnesiac", runs, "v_amnesiac");
    return band(plot, "forgetting distance (nothing done)", runs, "forgetting_distance");
  }

  /**
   * Verification error of single gradient unlearning and both forms of the unlearning error over
   * the steps; mean and range over the runs.
   *
   * @param title of the figure
   * @param runs measurements of runs that differ in their seed alone
   */
  public static Plot errors(String title, Table runs) {
    Plot plot = Figure.lines(title, STEP, "error").logY();
    plot = band(plot, "v, single gradient", runs, "v_single_gradient");
    plot = band(plot, "e, as published", runs, "e");
    return band(plot, "e1, one eta", runs, "e1");
  }

  /**
   * Verification error against unlearning error at the last step, a point a setting.
   *
   * @param title of the figure
   * @param measurements of all settings
   */
  public static Plot acrossSettings(String title, Table measurements) {
    Table last = FineTuningVerdicts.lastRows(measurements);
    Plot plot =
        Figure.scatter(title, "unlearning error e, as published", "verification error v")
            .logX()
            .logY();
    for (double rate : Tables.distinct(last, "rate")) {
      for (double gamma : Tables.distinct(last, "gamma")) {
        Table some = Tables.where(Tables.where(last, "rate", rate), "gamma", gamma);
        if (!some.isEmpty()) {
          String name = "rate " + Tables.text(rate) + ", gamma " + Tables.text(gamma);
          plot = plot.series(name, some, "e", "v_single_gradient");
        }
      }
    }
    return plot;
  }

  /**
   * How much of the forgetting distance unlearning leaves at the last step, against the rate; mean
   * and range over the runs at a rate, whatever their gamma and seed. Amnesiac unlearning has a
   * series of its own where it differs, as it does from the second visit on.
   *
   * @param title of the figure
   * @param measurements of settings at several rates
   */
  public static Plot leftOver(String title, Table measurements) {
    Table last = FineTuningVerdicts.lastRows(measurements);
    Plot plot =
        Figure.lines(title, "learning rate of fine-tuning", "v / forgetting distance").logX();
    Table single = withRatio(last, "v_single_gradient");
    Table amnesiac = withRatio(last, "v_amnesiac");
    boolean isSame =
        single.doubleColumn(RATIO).subtract(amnesiac.doubleColumn(RATIO)).abs().max()
            < DISTINGUISHABLE;
    String name = isSame ? "single gradient, and amnesiac the same" : "single gradient";
    plot = Spread.of(single, "rate", RATIO).errorBars(plot, name);
    if (!isSame) {
      plot = Spread.of(amnesiac, "rate", RATIO).errorBars(plot, "amnesiac");
    }
    return plot.horizontalLine("nothing done", 1);
  }

  /**
   * The two ratios of claim 2.4 over a sweep of the rate.
   *
   * @param title of the figure
   * @param measurements of the sweep
   */
  public static Plot ratios(String title, Table measurements) {
    Table last = FineTuningVerdicts.lastRows(measurements);
    var v = numbers(last, "v_single_gradient");
    return Figure.lines(title, "learning rate eta", "ratio (e1: none, e: 1/eta)")
        .logX()
        .logY()
        .series("v / e, as published", numbers(last, "rate"), v.divide(numbers(last, "e")))
        .series("v / e1, one eta", numbers(last, "rate"), v.divide(numbers(last, "e1")));
  }

  private static Table withRatio(Table last, String column) {
    Table ratio = last.copy();
    return ratio.addColumns(
        numbers(last, column).divide(numbers(last, "forgetting_distance")).setName(RATIO));
  }

  private static Plot band(Plot plot, String name, Table runs, String column) {
    return Spread.of(runs, "step", column).band(plot, name);
  }

  // A column of whole numbers comes back from CSV as integers.
  private static DoubleColumn numbers(Table table, String column) {
    return table.numberColumn(column).asDoubleColumn();
  }
}
