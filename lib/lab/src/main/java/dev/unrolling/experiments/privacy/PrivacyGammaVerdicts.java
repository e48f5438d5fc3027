package dev.unrolling.experiments.privacy;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.statistics.MeanInterval;
import dev.unrolling.statistics.Tables;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/**
 * What tables of {@link Privacy} say about gamma in E6, after the last visit of x*. Intervals are
 * {@link MeanInterval}s over seeds; with fewer than {@link #FEWEST_SEEDS} a verdict is undecided.
 */
public final class PrivacyGammaVerdicts {

  /** Fewest seeds a gamma for what is compared between gammas. */
  public static final int FEWEST_SEEDS = 3;

  private PrivacyGammaVerdicts() {}

  /**
   * E6: with a larger gamma v is smaller: the least gamma against the largest, paired by seed.
   * Holds if the interval is above 0, fails if it is below, undecided otherwise.
   *
   * @param table of runs that differ in gamma and seed
   * @param method of M'', or {@link PrivacyVerdicts#ORIGINAL} for the forgetting distance
   */
  public static Verdict gammaLowersV(Table table, String method) {
    return gammas(
        "E6, gamma and v, " + method,
        "With the larger gamma v is smaller, " + method,
        table,
        rows -> Tables.values(PrivacyRows.ofMethod(rows, method), "v")[0]);
  }

  /**
   * E6: with a larger gamma M gives away less of x*: its mean score under M less that under M', the
   * least gamma against the largest, paired by seed. Holds if the interval is above 0, fails if it
   * is below, undecided otherwise.
   *
   * @param table of runs that differ in gamma and seed
   */
  public static Verdict gammaHides(Table table) {
    return gammas(
        "E6, gamma and risk",
        "With the larger gamma M gives away less of x*",
        table,
        rows ->
            PrivacyRows.paired(rows, "risk", PrivacyVerdicts.ORIGINAL, PrivacyVerdicts.RETRAINED)[
                0]);
  }

  private static Verdict gammas(
      String claim, String statement, Table table, ToDoubleFunction<Table> ofRun) {
    Table last = PrivacyRows.last(table);
    double low = last.numberColumn("gamma").min();
    double high = last.numberColumn("gamma").max();
    double[] atLow = PrivacyRows.ofSeeds(last, low, ofRun);
    double[] atHigh = PrivacyRows.ofSeeds(last, high, ofRun);
    int seeds = Math.min(atLow.length, atHigh.length);
    double[] falls = IntStream.range(0, seeds).mapToDouble(i -> atLow[i] - atHigh[i]).toArray();
    MeanInterval fall = MeanInterval.of(falls);
    Outcome outcome = Outcome.UNDECIDED;
    if (low < high && seeds >= FEWEST_SEEDS && fall.low() > 0) {
      outcome = Outcome.HOLDS;
    } else if (low < high && seeds >= FEWEST_SEEDS && fall.high() < 0) {
      outcome = Outcome.FAILS;
    }
    return Verdict.of(
        claim,
        statement,
        outcome,
        "%.3g at gamma %s, %.3g at gamma %s; it falls by %s (needed: above 0, over at least %d"
            + " seeds; there are %d)",
        PrivacyRows.mean(atLow),
        low,
        PrivacyRows.mean(atHigh),
        high,
        fall,
        FEWEST_SEEDS,
        seeds);
  }
}
