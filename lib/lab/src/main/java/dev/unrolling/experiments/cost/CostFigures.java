package dev.unrolling.experiments.cost;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.plot.Spread;
import dev.unrolling.statistics.Tables;
import java.util.List;
import tech.tablesaw.api.Table;

/** Figures of experiment E8: the tables of {@code ForgettingCost} and {@link CostCurves}. */
public final class CostFigures {

  private static final List<String> POLICIES =
      List.of(
          CostCurves.RETRAINING,
          CostCurves.SISA,
          CostCurves.BUDGETED,
          CostCurves.BUDGETED_SD,
          CostCurves.SINGLE_GRADIENT);

  private CostFigures() {}

  /**
   * Amortised cost over the number of requests; mean and range over the runs. Amnesiac unlearning,
   * at 0 gradients, has no place on a logarithmic axis.
   *
   * @param title of the figure
   * @param curves of {@link CostCurves#of}
   */
  public static Plot amortised(String title, Table curves) {
    Plot plot =
        Figure.lines(title, "requests served", "gradients a request, amortised").logX().logY();
    for (String policy : POLICIES) {
      plot =
          Spread.of(Tables.where(curves, "policy", policy), "request", "amortised")
              .band(plot, policy);
    }
    return plot;
  }

  /**
   * Test accuracy before any request against amortised cost over all of them, a point a run.
   *
   * @param title of the figure
   * @param curves of {@link CostCurves#of}
   */
  public static Plot accuracy(String title, Table curves) {
    Table last = Tables.where(curves, "request", curves.intColumn("request").max());
    Plot plot =
        Figure.scatter(
                title, "gradients a request, amortised over all", "test accuracy before the first")
            .logX();
    for (String policy : POLICIES) {
      plot = plot.series(policy, Tables.where(last, "policy", policy), "amortised", "accuracy");
    }
    return plot;
  }

  /**
   * What SISA's requests took, summed, beside the closed form and the range of simulated sequences.
   *
   * @param title of the figure
   * @param measured by {@code ForgettingCost}, runs that differ in their seed alone
   */
  public static Plot served(String title, Table measured) {
    Table first = Tables.where(measured, "run", 0);
    Plot plot =
        Figure.lines(title, "requests served", "gradients in all")
            .band(
                "closed form, and 99% of simulated sequences",
                Tables.values(first, "request"),
                Tables.values(first, "expected_total"),
                Tables.values(first, "simulated_low"),
                Tables.values(first, "simulated_high"),
                "");
    for (int run : measured.intColumn("run").unique().asList().stream().sorted().toList()) {
      Table one = Tables.where(measured, "run", run);
      plot =
          plot.points(
              "served, seed " + one.column("seed").getString(0),
              Tables.values(one, "request"),
              Tables.values(one, "total"));
    }
    return plot;
  }

  /**
   * What a request of several points costs SISA, as a share of retraining.
   *
   * @param title of the figure
   * @param sizes of {@link CostCurves#overPoints}
   */
  public static Plot overPoints(String title, Table sizes) {
    return Figure.lines(title, "points forgotten by one request", "SISA's cost / retraining's")
        .logX()
        .series("SISA, expected", sizes, "points", "of_retraining")
        .horizontalLine("retraining", 1);
  }
}
