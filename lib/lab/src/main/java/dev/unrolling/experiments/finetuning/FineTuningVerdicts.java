package dev.unrolling.experiments.finetuning;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.statistics.Correlation;
import dev.unrolling.statistics.LogLogSlope;
import dev.unrolling.statistics.RankComparison;
import dev.unrolling.statistics.Tables;
import dev.unrolling.store.RecordTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.selection.Selection;

/** What tables of {@link FineTuning} say about claims 2.3 and 2.4 and E1. */
public final class FineTuningVerdicts {

  /** Fewest settings that a correlation across settings rests on. */
  public static final int FEWEST_SETTINGS = 8;

  /** Largest ratio between the extremes of v/e1 over a sweep of the rate. */
  public static final double LARGEST_SPREAD = 1.5;

  /** One run's correlations over its steps. */
  private record Control(
      int run,
      String settings,
      double vWithE,
      double vWithT,
      double vWithNormDw,
      double differencesVWithE,
      double differencesVWithNormDw) {}

  private FineTuningVerdicts() {}

  /** All that E1's table says, at any scale. */
  public static Verdict[] all(Table measurements) {
    Table last = lastRows(measurements);
    return new Verdict[] {
      nearerThanDoingNothing("E1, against doing nothing", last),
      bound("2.3, published e", measurements, "e"),
      bound("2.3, one-eta e1", measurements, "e1"),
      acrossSettings("E1", last, "e")
    };
  }

  /**
   * The last measurement of each run, with a further column {@code sigma_mean} if it has {@code
   * sigma}: sigma averaged over the measurements of the run, which is what e and e1 hold.
   */
  public static Table lastRows(Table measurements) {
    IntColumn run = measurements.intColumn("run");
    Map<Integer, Selection> rowsOf = new HashMap<>();
    for (int row = 0; row < run.size(); row++) {
      rowsOf.computeIfAbsent(run.getInt(row), one -> Selection.with()).add(row);
    }
    int[] last = rowsOf.values().stream().mapToInt(one -> one.get(one.size() - 1)).toArray();
    Table rows = measurements.where(Selection.with(last));
    if (!measurements.containsColumn("sigma") || measurements.containsColumn("sigma_mean")) {
      return rows;
    }
    double[] means =
        rows.intColumn("run").asList().stream()
            .mapToDouble(one -> measurements.numberColumn("sigma").where(rowsOf.get(one)).mean())
            .toArray();
    return rows.addColumns(DoubleColumn.create("sigma_mean", means));
  }

  /**
   * For each run, Pearson's correlation of v with e over its steps, beside the two controls (t
   * alone, norm(dw) alone), and of first differences. Any two growing series correlate: these
   * numbers alone prove nothing.
   */
  public static Table controls(Table measurements) {
    List<Control> rows = new ArrayList<>();
    for (Table one : Tables.parts(measurements, "run")) {
      double[] v = Tables.values(one, "v_single_gradient");
      double[] e = Tables.values(one, "e");
      double[] normDw = Tables.values(one, "norm_dw");
      rows.add(
          new Control(
              one.intColumn("run").get(0),
              describe(one),
              Correlation.pearson(v, e),
              Correlation.pearson(v, Tables.values(one, "step")),
              Correlation.pearson(v, normDw),
              Correlation.pearson(Correlation.differences(v), Correlation.differences(e)),
              Correlation.pearson(Correlation.differences(v), Correlation.differences(normDw))));
    }
    return RecordTable.of("controls", Control.class, rows);
  }

  private static String describe(Table run) {
    return String.format(
        Locale.ROOT,
        "rate %s, gamma %s, seed %s%s",
        run.column("rate").getString(0),
        run.column("gamma").getString(0),
        run.column("seed").getString(0),
        run.booleanColumn("forget_batch_in_pretraining").get(0) ? ", x* pre-trained" : "");
  }

  /**
   * E1: across settings at one number of steps, the unlearning error ranks v, and better than the
   * controls (norm(dw) alone, the rate alone; t alone is the same everywhere and ranks nothing).
   * Since the rate enters the error squared, the correlations within each rate are told too. Holds
   * if the 95% interval of the rank correlation from resampling settings is above 0 and the error
   * ranks v better than each control in at least 90% of resamples; fails if the interval is not
   * above 0 anywhere or a control is better in at least 90%; undecided otherwise, or with fewer
   * than 8 settings.
   *
   * @param claim to name the verdict, e.g. {@code "E1"}
   * @param last one row a setting, as {@link #lastRows} gives
   * @param error the column {@code "e"} or {@code "e1"}
   */
  public static Verdict acrossSettings(String claim, Table last, String error) {
    String statement =
        "Across settings at the same step, " + error + " ranks v, and better than simpler numbers";
    if (last.rowCount() < FEWEST_SETTINGS || last.intColumn("step").countUnique() != 1) {
      return Verdict.of(
          claim,
          statement,
          Outcome.UNDECIDED,
          "%s settings at %s different steps; at least %s at one step are needed",
          last.rowCount(),
          last.intColumn("step").countUnique(),
          FEWEST_SETTINGS);
    }
    RankComparison ranking =
        RankComparison.of(
            Tables.values(last, "v_single_gradient"),
            Tables.values(last, error),
            Map.of(
                "norm(dw)", Tables.values(last, "norm_dw"),
                "the rate", Tables.values(last, "rate")));
    Outcome outcome = ranking.isWorse() ? Outcome.FAILS : Outcome.UNDECIDED;
    outcome = ranking.isBetter() ? Outcome.HOLDS : outcome;
    return Verdict.of(
        claim,
        statement,
        outcome,
        "rank correlation of v with %s %s over %d settings at step %d (needed: above 0); %s"
            + " (needed: %.0f%%); t alone is constant and ranks nothing. Within a rate, mean"
            + " over the rates: %s %.2f, norm(dw) alone %.2f, sigma alone %.2f",
        error,
        ranking.rank(),
        last.rowCount(),
        last.intColumn("step").get(0),
        ranking,
        100 * RankComparison.CLEAR_SHARE,
        error,
        withinRates(last, error),
        withinRates(last, "norm_dw"),
        withinRates(last, "sigma"));
  }

  /** Mean over the learning rates of the rank correlation of v with a column at that rate. */
  private static double withinRates(Table last, String name) {
    return Tables.parts(last, "rate").stream()
        .mapToDouble(
            one ->
                Correlation.spearman(
                    Tables.values(one, "v_single_gradient"), Tables.values(one, name)))
        .average()
        .orElseThrow();
  }

  /**
   * 2.3: the unlearning error comes from bounds, so v of single gradient unlearning should stay
   * below it at every measurement. After the first step both are 0 but for rounding; it is left
   * out.
   *
   * @param claim to name the verdict
   * @param measurements any rows
   * @param error the column {@code "e"} or {@code "e1"}
   */
  public static Verdict bound(String claim, Table measurements, String error) {
    Table later = measurements.where(measurements.intColumn("step").isGreaterThan(1));
    double[] ratios = Tables.ratios(later, "v_single_gradient", error);
    long above = Arrays.stream(ratios).filter(ratio -> !(ratio <= 1)).count();
    return Verdict.of(
        claim,
        "v stays below " + error + " at every measurement",
        above == 0,
        "v above %s at %d of %d measurements; largest v/%s %.3g (needed: at most 1)",
        error,
        above,
        ratios.length,
        error,
        Arrays.stream(ratios).max().orElse(Double.NaN));
  }

  /**
   * 2.4: over a sweep of the learning rate the one-eta form keeps its ratio to v. The published
   * form is the rate times it, so its own ratio goes like 1/eta then; that slope is told.
   *
   * @param claim to name the verdict
   * @param last one row a rate, at least 4
   */
  public static Verdict units(String claim, Table last) {
    double[] perE = Tables.ratios(last, "v_single_gradient", "e");
    double[] perE1 = Tables.ratios(last, "v_single_gradient", "e1");
    DoubleSummaryStatistics e = Arrays.stream(perE).summaryStatistics();
    DoubleSummaryStatistics e1 = Arrays.stream(perE1).summaryStatistics();
    double spread = Tables.spread(perE1);
    return Verdict.of(
        claim,
        "The one-eta form has the unit of a weight: v/e1 does not depend on the rate (v/e goes"
            + " like 1/eta)",
        spread <= LARGEST_SPREAD,
        "v/e1 from %.2g to %.2g, a factor of %.2f (needed: at most %.1f); v/e from %.2g to"
            + " %.2g, a factor of %.1f, slope %.2f in the rate",
        e1.getMin(),
        e1.getMax(),
        spread,
        LARGEST_SPREAD,
        e.getMin(),
        e.getMax(),
        Tables.spread(perE),
        LogLogSlope.fit(Tables.values(last, "rate"), perE));
  }

  /**
   * Whether unlearning is worth it: single gradient unlearning brings M nearer to M' than doing
   * nothing does.
   *
   * @param claim to name the verdict
   * @param last one row a setting
   */
  public static Verdict nearerThanDoingNothing(String claim, Table last) {
    double[] ratios = Tables.ratios(last, "v_single_gradient", "forgetting_distance");
    long nearer = Arrays.stream(ratios).filter(ratio -> ratio < 1).count();
    return Verdict.of(
        claim,
        "Single gradient unlearning ends nearer to M' than doing nothing",
        nearer == ratios.length,
        "v below the forgetting distance in %d of %d settings; v / forgetting distance %s",
        nearer,
        ratios.length,
        Tables.range(ratios));
  }
}
