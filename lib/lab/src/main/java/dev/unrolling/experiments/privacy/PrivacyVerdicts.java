package dev.unrolling.experiments.privacy;

import static dev.unrolling.experiments.privacy.PrivacyRows.across;
import static dev.unrolling.experiments.privacy.PrivacyRows.correlation;
import static dev.unrolling.experiments.privacy.PrivacyRows.mean;
import static dev.unrolling.experiments.privacy.PrivacyRows.paired;
import static dev.unrolling.experiments.privacy.PrivacyRows.withinRuns;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.statistics.MeanInterval;
import dev.unrolling.statistics.Tables;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import tech.tablesaw.api.Table;

/**
 * What tables of {@link Privacy} say about claims 2.6 and 2.8 and E6, after the last visit of x*.
 * Intervals are {@link MeanInterval}s over runs; with fewer than {@link #FEWEST_RUNS} runs a
 * verdict is undecided. What gamma does {@link PrivacyGammaVerdicts} say.
 */
public final class PrivacyVerdicts {

  /** Method of M, from which nothing was unlearned. */
  public static final String ORIGINAL = "nothing done";

  /** Method of M'. */
  public static final String RETRAINED = "retrained";

  /** Method of M'' by the paper's formula. */
  public static final String SINGLE_GRADIENT = "single gradient";

  /** Method of M'' with the factor corrected for momentum. */
  public static final String CORRECTED = "single gradient, corrected";

  /**
   * Method of M'' by a gradient at each visit times its rate; the authors' E6 takes it earlier in
   * the epoch.
   */
  public static final String EACH_VISIT = "a gradient a visit";

  /** Fewest runs that a verdict rests on. */
  public static final int FEWEST_RUNS = 6;

  /** How far the mean score of x* under M' may be from that of unseen examples. */
  public static final double MARGIN = 0.1;

  /** How much less test accuracy an unlearned model may have than M'. */
  public static final double LOST_ACCURACY = 0.03;

  private PrivacyVerdicts() {}

  /**
   * All that E6's table says, at any scale.
   *
   * @param table all rows of one pair of a model and a data set
   */
  public static Verdict[] all(Table table) {
    return new Verdict[] {
      separates(table),
      remembers(table),
      retrainedHasNotSeen(table),
      followsV(table),
      unlearningHelps(table, SINGLE_GRADIENT),
      unlearningHelps(table, EACH_VISIT),
      keepsAccuracy(table, SINGLE_GRADIENT),
      keepsAccuracy(table, EACH_VISIT),
      PrivacyGammaVerdicts.gammaLowersV(table, SINGLE_GRADIENT),
      PrivacyGammaVerdicts.gammaLowersV(table, ORIGINAL),
      PrivacyGammaVerdicts.gammaHides(table)
    };
  }

  /** The rows after the last visit. */
  public static Table lastRows(Table table) {
    return PrivacyRows.last(table);
  }

  /**
   * 2.8: the shadow model's histograms carry over to M: what M was trained on scores higher than
   * what it was not; how well is told by the area under the attack's curve. Holds if the interval
   * is above 0, else fails.
   *
   * @param table of several runs
   */
  public static Verdict separates(Table table) {
    Table original = PrivacyRows.ofMethod(lastRows(table), ORIGINAL);
    return aboveZero(
        "2.8",
        "By the shadow model's histograms what M was trained on scores higher than unseen examples",
        "mean score of M's members less that of unseen examples",
        PrivacyRows.differences(original, "member_risk", "non_member_risk"),
        "; area under the attack's curve "
            + MeanInterval.of(Tables.values(original, "attack_auc"))
            + ", 0.5 is chance");
  }

  /**
   * E6: M gives x* away: its mean score is higher under M than under M'. Holds if the interval is
   * above 0, else fails.
   *
   * @param table of several runs
   */
  public static Verdict remembers(Table table) {
    return aboveZero(
        "E6, x* in M",
        "x* scores higher under M than under M'",
        "mean score of x* under M less that under M'",
        paired(lastRows(table), "risk", ORIGINAL, RETRAINED),
        "");
  }

  /**
   * E6: M' has not seen x*: it scores like test examples. This tells whether M' leaves out the
   * right batch. Holds if the interval of the difference is within {@link #MARGIN}, fails if its
   * mean is not, undecided otherwise.
   *
   * @param table of several runs
   */
  public static Verdict retrainedHasNotSeen(Table table) {
    double[] values =
        PrivacyRows.differences(
            PrivacyRows.ofMethod(lastRows(table), RETRAINED), "risk", "non_member_risk");
    MeanInterval interval = MeanInterval.of(values);
    Outcome outcome = Outcome.UNDECIDED;
    if (values.length >= FEWEST_RUNS && Math.abs(interval.mean()) > MARGIN) {
      outcome = Outcome.FAILS;
    } else if (values.length >= FEWEST_RUNS
        && interval.low() >= -MARGIN
        && interval.high() <= MARGIN) {
      outcome = Outcome.HOLDS;
    }
    return Verdict.of(
        "E6, x* in M'",
        "Under M' x* scores like examples that were never seen",
        outcome,
        "mean score of x* under M' less that of unseen examples: %s over %d runs (needed: within"
            + " -%.1f and %.1f, over at least %d runs)",
        interval,
        values.length,
        MARGIN,
        MARGIN,
        FEWEST_RUNS);
  }

  /**
   * E6: unlearning brings the scores of x* nearer to those under M' than doing nothing does. Holds
   * if the interval is above 0, else fails.
   *
   * @param table of several runs
   * @param method of M''
   */
  public static Verdict unlearningHelps(Table table, String method) {
    return aboveZero(
        "E6, " + method,
        "Unlearning by " + method + " brings the scores of x* nearer to those under M'",
        "change of the scores of x* from M' without unlearning less that with it",
        paired(lastRows(table), "risk_change", ORIGINAL, method),
        byVisits(table, rows -> mean(paired(rows, "risk_change", ORIGINAL, method))));
  }

  /**
   * E6: an unlearned model is still of use: its test accuracy is that of M' but for {@link
   * #LOST_ACCURACY}. Scores alone do not tell a model that has forgotten x* from one that has
   * forgotten everything. Holds if the interval is above minus that, else fails.
   *
   * @param table of several runs
   * @param method of M''
   */
  public static Verdict keepsAccuracy(Table table, String method) {
    double[] gains = paired(lastRows(table), "test_accuracy", method, RETRAINED);
    return aboveZero(
        "E6, use after " + method,
        "After " + method + " the model classifies test examples as well as M'",
        String.format(
            Locale.ROOT, "test accuracy less that of M', plus %.0f points", 100 * LOST_ACCURACY),
        Arrays.stream(gains).map(gain -> gain + LOST_ACCURACY).toArray(),
        byVisits(
            table, rows -> mean(paired(rows, "test_accuracy", method, RETRAINED)) + LOST_ACCURACY));
  }

  /**
   * 2.6: the change of the privacy risk score follows v. Only models after as many visits are
   * compared, so that a growth of both with time does not count: in each run and after each number
   * of visits the rank correlation of v with the change, over M and each M''; its mean over the
   * visits of a run; and then over runs. What v ranks across runs for one method after the last
   * visit is told. Holds if the interval is above 0, else fails.
   *
   * @param table of several runs
   */
  public static Verdict followsV(Table table) {
    Table moved = PrivacyRows.withoutRetrained(table);
    Table last = lastRows(moved);
    String across =
        last.stringColumn("method").unique().asList().stream()
            .sorted()
            .map(method -> method + " " + across(PrivacyRows.ofMethod(last, method)))
            .collect(Collectors.joining(", "));
    return aboveZero(
        "2.6, privacy",
        "Among models after as many visits the change of the privacy risk score follows v",
        "rank correlation of v with the change of the scores of x*, within a run and visit",
        PrivacyRows.runs(moved).stream().mapToDouble(PrivacyRows::overVisits).toArray(),
        byVisits(moved, rows -> mean(withinRuns(rows)))
            + "; after the last, across runs, by method: "
            + across
            + String.format(
                Locale.ROOT,
                "; over everything, growth with the visits included: %.2f",
                correlation(moved)));
  }

  private static Verdict aboveZero(
      String claim, String statement, String what, double[] values, String told) {
    MeanInterval interval = MeanInterval.of(values);
    String evidence =
        String.format(
            Locale.ROOT,
            "%s: %s over %d runs (needed: above 0, over at least %d runs)%s",
            what,
            interval,
            values.length,
            FEWEST_RUNS,
            told);
    return values.length < FEWEST_RUNS
        ? new Verdict(claim, statement, Outcome.UNDECIDED, evidence)
        : Verdict.of(claim, statement, interval.low() > 0, evidence);
  }

  private static String byVisits(Table table, ToDoubleFunction<Table> number) {
    return PrivacyRows.visits(table).stream()
        .map(
            visits ->
                String.format(
                    Locale.ROOT,
                    "%.3f after %d",
                    number.applyAsDouble(PrivacyRows.after(table, visits)),
                    visits))
        .collect(Collectors.joining(", ", "; by visits: ", ""));
  }
}
