package dev.unrolling.experiments.singlegradient;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.statistics.Correlation;
import dev.unrolling.statistics.LogLogSlope;
import dev.unrolling.statistics.SlopeTable;
import dev.unrolling.statistics.Tables;
import java.util.Arrays;
import java.util.List;
import tech.tablesaw.api.Table;

/** What tables of {@link SingleGradientExperiment} say about claims 2.2 and 2.4b. */
public final class SingleGradientVerdicts {

  /** Largest distance of a fitted slope from the predicted one. */
  public static final double SLOPE_TOLERANCE = 0.1;

  /** Largest relative distance of v from its prediction. */
  public static final double PREDICTION_TOLERANCE = 0.1;

  /** Least share of v beside the leading term, at the median rate, that is not explained by it. */
  public static final double UNEXPLAINED = 0.5;

  private SingleGradientVerdicts() {}

  /**
   * 2.2 by batch: v is O(eta^2), O(eta^3) without its leading term, for each position and m.
   *
   * @param table of one model; its rows of points are left out
   */
  public static Verdict batches(Table table) {
    Table whole = forgotten(table, "batch");
    double[] v = {Double.MAX_VALUE, -Double.MAX_VALUE};
    double[] left = v.clone();
    for (Table run : whole.splitOn("epochs", "position").asTableList()) {
      widen(v, slope(run, "v"));
      widen(left, slope(run, "remainder"));
    }
    return Verdict.of(
        "2.2",
        "Forgetting a batch by a single gradient leaves O(eta^2), and O(eta^3) once the leading"
            + " term is taken off",
        near(v, 2) && near(left, 3),
        "slopes %s and %s over positions and epochs (needed: 2 and 3 within %.1f)",
        Tables.range(v),
        Tables.range(left),
        SLOPE_TOLERANCE);
  }

  /** 2.2 by point: second order with the divisor b, first order with b - 1. */
  public static Verdict points(Table table) {
    double full = slope(forgotten(table, "point_full_batch"), "v");
    double left = slope(forgotten(table, "point_full_batch"), "remainder");
    double remaining = slope(forgotten(table, "point_remaining"), "v");
    return Verdict.of(
        "2.2, point",
        "Forgetting a point leaves O(eta^2) if the rest of its batch is still divided by b, O(eta)"
            + " if by b - 1",
        near(full, 2) && near(left, 3) && near(remaining, 1),
        "divisor b: slope %.2f, without the leading term %.2f; divisor b - 1: %.2f (needed: 2,"
            + " 3 and 1 within %.1f)",
        full,
        left,
        remaining,
        SLOPE_TOLERANCE);
  }

  /**
   * 2.2 on networks with kinks: the leading term leaves most of v, and next to nothing on their
   * smooth twins.
   *
   * @param table of {@code SingleGradientSettings.networks}
   */
  public static Verdict kinks(Table table) {
    Table batch = forgotten(table, "batch");
    double[] smooth = {left(batch, "tanh-cnn-4"), left(batch, "tanh-bn-cnn-4")};
    double[] kinked = {left(batch, "relu-cnn-4"), left(batch, "resnet8-4")};
    return Verdict.of(
        "2.2, kinks",
        "Rectified linear units leave more of a batch than the leading term tells",
        Arrays.stream(smooth).allMatch(share -> share <= PREDICTION_TOLERANCE)
            && Arrays.stream(kinked).allMatch(share -> share >= UNEXPLAINED),
        "beside the leading term, of v at the median rate: tanh %.1f%%, tanh with batch norm"
            + " %.1f%% (needed: at most %.0f%%); ReLU %.0f%%, ResNet-8 %.0f%% (needed: at least"
            + " %.0f%%)",
        100 * smooth[0],
        100 * smooth[1],
        100 * PREDICTION_TOLERANCE,
        100 * kinked[0],
        100 * kinked[1],
        100 * UNEXPLAINED);
  }

  /** Median over rates of what is left beside the leading term, as a share of v. */
  private static double left(Table table, String model) {
    Table run = Tables.where(table, "model", model);
    double[] shares = Arrays.stream(Tables.ratios(run, "remainder", "v")).sorted().toArray();
    return (shares[(shares.length - 1) / 2] + shares[shares.length / 2]) / 2;
  }

  /**
   * 2.2 with batch statistics: a batch is forgotten to second order as without them, a point only
   * to first, even with the divisor b: the other points of its batch are normalised without it.
   *
   * @param table of {@code SingleGradientSettings.networks}
   */
  public static Verdict batchStatistics(Table table) {
    Table smooth = Tables.where(table, "model", "tanh-bn-cnn-4");
    double batch = slope(forgotten(smooth, "batch"), "v");
    double point = slope(forgotten(smooth, "point_full_batch"), "v");
    double without =
        slope(forgotten(Tables.where(table, "model", "tanh-cnn-4"), "point_full_batch"), "v");
    return Verdict.of(
        "2.2, batch norm",
        "With batch statistics a batch leaves O(eta^2), but a point O(eta) whatever the divisor",
        near(batch, 2) && near(point, 1) && near(without, 2),
        "tanh network with batch norm: slope %.2f for a batch, %.2f for a point with the divisor"
            + " b; without batch norm %.2f for the point (needed: 2, 1 and 2 within %.1f)",
        batch,
        point,
        without,
        SLOPE_TOLERANCE);
  }

  /** 2.2 with momentum: second order with the corrected factor and a zero-gradient step only. */
  public static Verdict momentum(Table table) {
    double corrected = slope(forgotten(table, "batch_zero_gradient"), "v_corrected");
    double published = slope(forgotten(table, "batch_zero_gradient"), "v");
    double skipped = slope(forgotten(table, "batch"), "v_corrected");
    return Verdict.of(
        "2.2, momentum",
        "With momentum v is O(eta^2) with the corrected factor, if M' takes a step with zero"
            + " gradient, and else O(eta)",
        near(corrected, 2) && near(published, 1) && near(skipped, 1),
        "corrected factor: slope %.2f; uncorrected: %.2f; corrected, step skipped: %.2f"
            + " (needed: 2, 1 and 1 within %.1f)",
        corrected,
        published,
        skipped,
        SLOPE_TOLERANCE);
  }

  /**
   * 2.4b: the leading term tells the v of each forget batch, and tells batches apart better than e1
   * does: the ratio of v to it varies less.
   */
  public static Verdict prediction(Table table) {
    double[] v = Tables.values(table, "v");
    double[] byTerm = Tables.ratios(table, "v", "predicted");
    double[] byError = Tables.ratios(table, "v", "e1");
    double[] gradients = Tables.values(table, "gradient_norm");
    double furthest = Arrays.stream(byTerm).map(ratio -> Math.abs(ratio - 1)).max().orElseThrow();
    return Verdict.of(
        "2.4b",
        "The leading term predicts v for each forget batch, and tells them apart better than e1",
        furthest <= PREDICTION_TOLERANCE && Tables.spread(byTerm) < Tables.spread(byError),
        "over %d batches, norm(g*) %s: v within %.1f%% of the prediction (needed:"
            + " %.0f%%); largest over smallest ratio of v to it %.2f, to e1 %.2f; rank"
            + " correlation with v: prediction %.2f, e1 %.2f",
        v.length,
        Tables.range(gradients),
        100 * furthest,
        100 * PREDICTION_TOLERANCE,
        Tables.spread(byTerm),
        Tables.spread(byError),
        Correlation.spearman(v, Tables.values(table, "predicted")),
        Correlation.spearman(v, Tables.values(table, "e1")));
  }

  /** The fitted slopes: a row for each way of running, a column a quantity. */
  public static Table slopes(Table table) {
    return SlopeTable.of(
        table,
        List.of("model", "forgotten", "position", "epochs", "momentum"),
        "rate",
        List.of("forgetting_distance", "v", "v_corrected", "remainder"));
  }

  private static Table forgotten(Table table, String what) {
    return Tables.where(table, "forgotten", what);
  }

  private static double slope(Table table, String column) {
    return LogLogSlope.fit(table, "rate", column);
  }

  private static boolean near(double slope, double expected) {
    return Math.abs(slope - expected) <= SLOPE_TOLERANCE;
  }

  private static boolean near(double[] range, double expected) {
    return near(range[0], expected) && near(range[1], expected);
  }

  private static void widen(double[] range, double value) {
    // A value that is not a number must not pass for one in range.
    range[0] = Double.isNaN(value) ? value : Math.min(range[0], value);
    range[1] = Double.isNaN(value) ? value : Math.max(range[1], value);
  }
}
