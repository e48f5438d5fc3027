package dev.unrolling.experiments.privacy;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.plot.Spread;
import dev.unrolling.statistics.MeanInterval;
import dev.unrolling.statistics.Tables;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;

/** Figures of the tables of {@code Privacy} (E6): a panel a gamma. */
public final class PrivacyFigures {

  private static final List<String> METHODS =
      List.of(
          PrivacyVerdicts.ORIGINAL,
          PrivacyVerdicts.SINGLE_GRADIENT,
          PrivacyVerdicts.EACH_VISIT,
          PrivacyVerdicts.CORRECTED);

  private static final double ROUNDING = 1e-5;

  private PrivacyFigures() {}

  /**
   * The mean privacy risk score of x* over its visits, a panel a gamma: under M and M' with the 95%
   * interval over seeds, under each M'' the mean alone.
   *
   * @param title of the figure
   * @param table of several seeds
   */
  public static Figure overVisits(String title, Table table) {
    return Figure.panels(
        title,
        2,
        gammas(table)
            .mapToObj(gamma -> overVisits(gamma, Tables.where(table, "gamma", gamma)))
            .toList());
  }

  private static Plot overVisits(double gamma, Table rows) {
    Plot plot = Figure.lines(panel(gamma), "visits of x*", "mean score of x*").logX().yLimits(0, 1);
    for (String method : METHODS) {
      Points points = Points.of(rows, method, "risk");
      plot =
          method.equals(PrivacyVerdicts.ORIGINAL)
              ? plot.band(
                  method, points.visits, points.mean, points.low, points.high, points.meaning)
              : plot.series(method, points.visits, points.mean);
    }
    Points target = Points.of(rows, PrivacyVerdicts.RETRAINED, "risk");
    return plot.band(
            PrivacyVerdicts.RETRAINED,
            target.visits,
            target.mean,
            target.low,
            target.high,
            target.meaning)
        .horizontalLine("says nothing", 0.5);
  }

  /**
   * The mean privacy risk score of x* against v, and how much the scores differ from those under
   * M': a row a gamma, a point a method and number of visits, with mean and 95% interval over
   * seeds.
   *
   * @param title of the figure
   * @param table of several seeds
   */
  public static Figure againstV(String title, Table table) {
    return Figure.panels(
        title,
        2,
        gammas(table)
            .boxed()
            .flatMap(
                gamma ->
                    Stream.of(
                        againstV(
                            gamma, "mean score of x*", "risk", Tables.where(table, "gamma", gamma)),
                        againstV(
                            gamma,
                            "mean |change of score| from M'",
                            "risk_change",
                            Tables.where(table, "gamma", gamma))))
            .toList());
  }

  private static Plot againstV(double gamma, String label, String column, Table rows) {
    // What is undone but for rounding would stretch the axis over decades.
    Table moved = rows.where(rows.numberColumn("v").isGreaterThan(ROUNDING));
    Plot plot = Figure.scatter(panel(gamma), "verification error v", label).logX().yLimits(0, 1);
    for (String method : METHODS) {
      Points points = Points.of(moved, method, column);
      plot = plot.errorBars(method, points.v, points.mean, points.low, points.high, points.meaning);
    }
    return plot;
  }

  private static String panel(double gamma) {
    return "gamma " + Tables.text(gamma);
  }

  private static DoubleStream gammas(Table table) {
    return DoubleStream.of(Tables.distinct(table, "gamma"));
  }

  /** A method's mean of a column over seeds with its interval, and its mean v, by visits. */
  private record Points(
      double[] visits, double[] v, double[] mean, double[] low, double[] high, String meaning) {

    static Points of(Table table, String method, String column) {
      Table rows = Tables.where(table, "method", method);
      double[] visits = Tables.distinct(rows, "visits");
      List<Table> groups =
          DoubleStream.of(visits).mapToObj(v -> Tables.where(rows, "visits", v)).toList();
      List<MeanInterval> means =
          groups.stream().map(group -> MeanInterval.of(Tables.values(group, column))).toList();
      return new Points(
          visits,
          groups.stream().mapToDouble(g -> MeanInterval.of(Tables.values(g, "v")).mean()).toArray(),
          means.stream().mapToDouble(MeanInterval::mean).toArray(),
          means.stream().mapToDouble(MeanInterval::low).toArray(),
          means.stream().mapToDouble(MeanInterval::high).toArray(),
          Spread.over(
              "mean and 95% interval",
              rows, means.stream().mapToInt(MeanInterval::count).toArray()));
    }
  }
}
