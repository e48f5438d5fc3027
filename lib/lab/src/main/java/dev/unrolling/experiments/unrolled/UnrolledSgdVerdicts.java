package dev.unrolling.experiments.unrolled;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.statistics.LogLogSlope;
import dev.unrolling.statistics.Tables;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;

/** What tables of {@link UnrolledSgdExperiment} say about claim 2.1. */
public final class UnrolledSgdVerdicts {

  /** Largest relative remainder that is rounding. */
  public static final double ROUNDING = 1e-12;

  /** Largest distance of a fitted slope from the predicted one. */
  public static final double SLOPE_TOLERANCE = 0.1;

  /** Smallest difference between two slopes that counts as one. */
  public static final double CLEAR_GAP = 0.5;

  private UnrolledSgdVerdicts() {}

  /** 2.1a: on a quadratic loss the expansion with the f terms is exact at any rate. */
  public static Verdict exactOnQuadratic(Table table) {
    double largest = Arrays.stream(Tables.values(table, "relative_remainder")).max().orElseThrow();
    double[] rates = Tables.values(table, "rate");
    return Verdict.of(
        "2.1a",
        "On a quadratic loss, unrolled SGD with its f terms is exact at any learning rate",
        largest <= ROUNDING,
        "largest remainder %.1e of norm(w_t) over rates %s to %s (needed: at most %.0e)",
        largest,
        Arrays.stream(rates).min().orElseThrow(),
        Arrays.stream(rates).max().orElseThrow(),
        ROUNDING);
  }

  /** 2.1b: on a smooth network movement and remainders go like eta, eta^2 and eta^3. */
  public static Verdict orders(Table table) {
    double[] slopes = slopes(table);
    boolean holds = true;
    for (int i = 0; i < 3; i++) {
      holds &= Math.abs(slopes[i] - (i + 1)) <= SLOPE_TOLERANCE;
    }
    return Verdict.of(
        "2.1b",
        "On a smooth network the movement is O(eta), the remainder without f terms O(eta^2), with"
            + " them O(eta^3)",
        holds,
        describe(slopes) + " (needed: 1, 2, 3 within " + SLOPE_TOLERANCE + ")");
  }

  /**
   * 2.1c: kinks break the third order. Holds if, over the rates at which some unit's input changed
   * its sign, the remainder with f terms of the network with kinks falls off more slowly than that
   * of its smooth twin does over all its rates, by at least {@value #CLEAR_GAP} in the slope, while
   * the movement is of first order; undecided if kinks were crossed at fewer than 3 rates.
   *
   * @param smooth of the twin with tanh
   * @param kinked of the network with rectified linear units
   */
  public static Verdict brokenByKinks(Table smooth, Table kinked) {
    Table crossed = kinked.where(kinked.intColumn("kinks_crossed").isGreaterThan(0));
    String statement =
        "With rectified linear units the higher orders are lost where kinks are crossed";
    if (crossed.rowCount() < 3) {
      return new Verdict(
          "2.1c",
          statement,
          Verdict.Outcome.UNDECIDED,
          "kinks were crossed at " + crossed.rowCount() + " rates only; at least 3 are needed");
    }
    double[] twin = slopes(smooth);
    double[] slopes = slopes(crossed);
    return Verdict.of(
        "2.1c",
        statement,
        slopes[2] <= twin[2] - CLEAR_GAP && Math.abs(slopes[0] - 1) <= SLOPE_TOLERANCE,
        "%s over the %d rates at which %d to %d inputs of the first layer changed sign (needed:"
            + " first 1 within %.1f, third at least %.1f below the smooth twin's %.2f)",
        describe(slopes),
        crossed.rowCount(),
        (int) crossed.intColumn("kinks_crossed").min(),
        (int) crossed.intColumn("kinks_crossed").max(),
        SLOPE_TOLERANCE,
        CLEAR_GAP,
        twin[2]);
  }

  private static double[] slopes(Table table) {
    return Stream.of("norm_dw", "remainder_without_f", "remainder_with_f")
        .mapToDouble(column -> LogLogSlope.fit(table, "rate", column))
        .toArray();
  }

  private static String describe(double[] slopes) {
    return String.format(Locale.ROOT, "slopes %.2f, %.2f, %.2f", slopes[0], slopes[1], slopes[2]);
  }
}
