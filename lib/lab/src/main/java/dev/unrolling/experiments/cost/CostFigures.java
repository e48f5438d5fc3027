package dev.unrolling.experiments.cost;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.plot.Spread;
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
      plot = Spread.of(of(curves, policy), "request", "amortised").band(plot, policy);
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
    Table last =
        curves.where(
            curves.intColumn("request").isEqualTo((int) curves.intColumn("request").max()));
    Plot plot =
        Figure.scatter(
                title, "gradients a request, amortised over all", "test accuracy before the first")
            .logX();
    for (String policy : POLICIES) {
      Table some = of(last, policy);
      plot = plot.series(policy, some.numberColumn("amortised"), some.numberColumn("accuracy"));
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
    Table first = measured.where(measured.intColumn("run").isEqualTo(0));
    Plot plot =
        Figure.lines(title, "requests served", "gradients in all")
            .band(
                "closed form, and 99% of simulated sequences",
                values(first, "request"),
                values(first, "expected_total"),
                values(first, "simulated_low"),
                values(first, "simulated_high"),
                "");
    for (int run : measured.intColumn("run").unique().asList().stream().sorted().toList()) {
      Table one = measured.where(measured.intColumn("run").isEqualTo(run));
      plot =
          plot.points(
              "served, seed " + one.column("seed").getString(0),
              values(one, "request"),
              values(one, "total"));
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
        .series("SISA, expected", values(sizes, "points"), values(sizes, "of_retraining"))
        .horizontalLine("retraining", 1);
  }

  private static Table of(Table table, String policy) {
    return table.where(table.stringColumn("policy").isEqualTo(policy));
  }

  private static double[] values(Table table, String column) {
    return table.numberColumn(column).asDoubleArray();
  }
}
