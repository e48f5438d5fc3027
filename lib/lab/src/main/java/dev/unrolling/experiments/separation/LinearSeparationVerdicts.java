package dev.unrolling.experiments.separation;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.statistics.Tables;
import java.util.Arrays;
import tech.tablesaw.api.Table;

/** What tables of {@link LinearSeparationExperiment} say about claim 2.7. */
public final class LinearSeparationVerdicts {

  /** How far the ratio of two doublings' growth may be from 1 to be that of a logarithm. */
  public static final double LOGARITHM_TOLERANCE = 0.2;

  /** Largest growth over the last doubling, relative to the norm, that is convergence. */
  public static final double CONVERGED = 0.005;

  /** Largest distance of a margin from d* that counts as being there. */
  public static final double MARGIN_TOLERANCE = 0.1;

  private LinearSeparationVerdicts() {}

  /**
   * 2.7: under cross entropy the weights go on like log t, under the SD loss below the critical
   * gamma they converge. Log t grows by as much in each doubling of t.
   */
  public static Verdict growth(Table table) {
    double[] alone = Tables.values(run(table, 0), "norm_dw");
    int n = alone.length;
    double ratio = (alone[n - 1] - alone[n - 2]) / (alone[n - 2] - alone[n - 3]);
    double going = (alone[n - 1] - alone[n - 2]) / alone[n - 1];
    double slowest = 0;
    Table below = belowCritical(table);
    for (double gamma : Tables.distinct(below, "gamma")) {
      double[] norms = Tables.values(run(below, gamma), "norm_dw");
      double last = norms[norms.length - 1];
      double change = Math.abs(last - norms[norms.length - 2]) / last;
      slowest = Double.isNaN(change) ? change : Math.max(slowest, change);
    }
    return Verdict.of(
        "2.7",
        "On linearly independent inputs norm(w_t - w_0) grows like log t under cross entropy and"
            + " converges under the SD loss",
        Math.abs(ratio - 1) <= LOGARITHM_TOLERANCE && going > CONVERGED && slowest <= CONVERGED,
        "cross entropy: growth over the last doubling %.2f of that over the one before (needed: 1"
            + " within %.1f), %.1f%% of the norm; SD loss, gamma %s: at most %.2f%% (needed:"
            + " %.1f%%)",
        ratio,
        LOGARITHM_TOLERANCE,
        100 * going,
        Arrays.toString(Tables.distinct(below, "gamma")),
        100 * slowest,
        100 * CONVERGED);
  }

  /** 2.7: below the critical gamma every margin ends at d* = ln((C - 1) p* / (1 - p*)). */
  public static Verdict margins(Table table) {
    double furthest = 0;
    Table below = belowCritical(table);
    for (double gamma : Tables.distinct(below, "gamma")) {
      Table run = run(below, gamma);
      int last = run.rowCount() - 1;
      double best = Tables.at(run, "best_margin", last);
      double distance =
          Math.max(
              Math.abs(Tables.at(run, "smallest_margin", last) - best),
              Math.abs(Tables.at(run, "largest_margin", last) - best));
      furthest = Double.isNaN(distance) ? distance : Math.max(furthest, distance);
    }
    return Verdict.of(
        "2.7, margins",
        "Below the critical gamma every margin of the true class ends at d*",
        furthest <= MARGIN_TOLERANCE,
        "furthest margin %.3f from d* over gamma %s (needed: at most %.1f)",
        furthest,
        Arrays.toString(Tables.distinct(below, "gamma")),
        MARGIN_TOLERANCE);
  }

  /**
   * 2.7: beyond the critical gamma the mean margin is near 0, d* itself, and below it is not. A
   * constant rate leaves the weights swinging about the kink of the standard deviation at 0.
   */
  public static Verdict collapse(Table table) {
    double beyond = 0;
    double below = Double.MAX_VALUE;
    double critical = table.doubleColumn("critical_gamma").get(0);
    double[] gammas = Tables.distinct(table, "gamma");
    for (double gamma : gammas) {
      Table run = run(table, gamma);
      double margin = run.doubleColumn("mean_margin").get(run.rowCount() - 1);
      if (gamma >= critical) {
        beyond = Math.max(beyond, Math.abs(margin));
      } else {
        below = Math.min(below, margin);
      }
    }
    return Verdict.of(
        "2.7, collapse",
        "From the critical gamma on the margins collapse to 0",
        gammas[gammas.length - 1] >= critical
            && beyond <= MARGIN_TOLERANCE
            && below > 2 * MARGIN_TOLERANCE,
        "critical gamma %.1f; mean margin beyond it at most %.3f (needed: %.1f), below it at"
            + " least %.2f (needed: more than %.1f)",
        critical,
        beyond,
        MARGIN_TOLERANCE,
        below,
        2 * MARGIN_TOLERANCE);
  }

  /** The last measurement of each gamma. */
  public static Table lastRows(Table table) {
    return Tables.where(table, "step", table.intColumn("step").max());
  }

  private static Table belowCritical(Table table) {
    return table.where(
        table
            .doubleColumn("gamma")
            .isGreaterThan(0)
            .and(table.doubleColumn("gamma").isLessThan(table.doubleColumn("critical_gamma"))));
  }

  private static Table run(Table table, double gamma) {
    return Tables.where(table, "gamma", gamma).sortOn("step");
  }
}
