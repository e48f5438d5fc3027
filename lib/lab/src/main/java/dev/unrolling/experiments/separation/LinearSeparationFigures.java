package dev.unrolling.experiments.separation;

import dev.unrolling.engine.Objective.Normalisation;
import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.unlearning.StandardDeviationTheory;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/** Figures of the tables of {@code LinearSeparationExperiment} (claim 2.7). */
public final class LinearSeparationFigures {

  private static final int POINTS = 60;

  private LinearSeparationFigures() {}

  /**
   * norm(w_t - w_0) over the steps, a line a gamma.
   *
   * @param title of the figure
   * @param table of measurements
   */
  public static Plot growth(String title, Table table) {
    Plot plot = Figure.lines(title, "step t", "‖w_t − w_0‖").logX();
    for (double gamma : distinct(table)) {
      Table run = table.where(table.doubleColumn("gamma").isEqualTo(gamma)).sortOn("step");
      plot =
          plot.series(
              gamma == 0 ? "cross entropy" : "gamma " + (long) gamma,
              values(run, "step"),
              values(run, "norm_dw"));
    }
    return plot;
  }

  /**
   * Margins at the last step over gamma, mean and range over examples and classes, beside the
   * closed form d* and with the critical gamma marked.
   *
   * @param title of the figure
   * @param table of measurements
   * @param classes C
   */
  public static Plot margins(String title, Table table, int classes) {
    Table last = LinearSeparationVerdicts.lastRows(table);
    Table penalised = last.where(last.doubleColumn("gamma").isGreaterThan(0)).sortOn("gamma");
    double[] gammas = values(penalised, "gamma");
    double critical = StandardDeviationTheory.criticalGamma(classes, Normalisation.PER_CLASS);
    double from = gammas[0];
    double to = Math.max(critical, gammas[gammas.length - 1]);
    double[] curve =
        DoubleStream.concat(
                IntStream.range(0, POINTS).mapToDouble(i -> from + (to - from) * i / (POINTS - 1)),
                DoubleStream.of(critical))
            .sorted()
            .toArray();
    return Figure.lines(title, "gamma (authors' unit)", "margin of the true class")
        .errorBars(
            "measured",
            gammas,
            values(penalised, "mean_margin"),
            values(penalised, "smallest_margin"),
            values(penalised, "largest_margin"),
            "mean and range over examples and classes")
        .reference(
            "d*, closed form",
            curve,
            Arrays.stream(curve)
                .map(gamma -> new StandardDeviationTheory(classes, gamma / classes).bestMargin())
                .toArray())
        .verticalLine("gamma_c", critical);
  }

  private static double[] distinct(Table table) {
    return Arrays.stream(values(table, "gamma")).distinct().sorted().toArray();
  }

  private static double[] values(Table table, String column) {
    return table.numberColumn(column).asDoubleArray();
  }
}
