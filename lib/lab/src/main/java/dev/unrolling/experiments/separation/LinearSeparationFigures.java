package dev.unrolling.experiments.separation;

import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Objective.Normalisation;
import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.settings.Scale;
import dev.unrolling.statistics.Tables;
import dev.unrolling.unlearning.theory.StandardDeviationTheory;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/** Figures of the tables of {@link LinearSeparationExperiment} (claim 2.7). */
public final class LinearSeparationFigures {

  private static final int POINTS = 60;

  private LinearSeparationFigures() {}

  /** Two a data set. */
  static Map<String, Figure> all(Scale scale, Table table) {
    Map<String, Figure> figures = new TreeMap<>();
    for (String data : table.stringColumn("data").unique()) {
      Table runs = Tables.where(table, "data", data);
      figures.put("c2.7-growth-" + data, growth("How far a linear model walks, " + data, runs));
      figures.put(
          "c2.7-margins-" + data, margins("Margins over gamma and the closed form, " + data, runs));
    }
    return figures;
  }

  /**
   * norm(w_t - w_0) over the steps, a line a gamma.
   *
   * @param title of the figure
   * @param table of measurements
   */
  public static Plot growth(String title, Table table) {
    Plot plot = Figure.lines(title, "step t", "‖w_t − w_0‖").logX();
    for (double gamma : Tables.distinct(table, "gamma")) {
      Table run = Tables.where(table, "gamma", gamma).sortOn("step");
      String name = gamma == 0 ? "cross entropy" : "gamma " + Tables.text(gamma);
      plot = plot.series(name, run, "step", "norm_dw");
    }
    return plot;
  }

  /**
   * Margins at the last step over gamma, mean and range over examples and classes, beside the
   * closed form d* and with the critical gamma marked.
   *
   * @param title of the figure
   * @param table of measurements on one data set
   */
  public static Plot margins(String title, Table table) {
    int classes = DataSets.classes(table.stringColumn("data").get(0)).orElseThrow();
    Table last = LinearSeparationVerdicts.lastRows(table);
    Table penalised = last.where(last.doubleColumn("gamma").isGreaterThan(0)).sortOn("gamma");
    double[] gammas = Tables.values(penalised, "gamma");
    double critical = StandardDeviationTheory.criticalGamma(classes, Normalisation.PER_CLASS);
    double from = DoubleStream.of(gammas).min().orElse(critical);
    double to = Math.max(critical, DoubleStream.of(gammas).max().orElse(critical));
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
            Tables.values(penalised, "mean_margin"),
            Tables.values(penalised, "smallest_margin"),
            Tables.values(penalised, "largest_margin"),
            "mean and range over examples and classes")
        .reference(
            "d*, closed form",
            curve,
            Arrays.stream(curve)
                .map(gamma -> new StandardDeviationTheory(classes, gamma / classes).bestMargin())
                .toArray())
        .verticalLine("gamma_c", critical);
  }
}
