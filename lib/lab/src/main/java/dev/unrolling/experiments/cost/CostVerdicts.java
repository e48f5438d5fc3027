package dev.unrolling.experiments.cost;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.experiments.finetuning.FineTuningVerdicts;
import dev.unrolling.statistics.Tables;
import dev.unrolling.store.RecordTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.Table;

/** What tables of {@link ForgettingCost} say about claim 2.9. */
public final class CostVerdicts {

  /** Standard errors that the closed form may be from the mean of the simulated sequences. */
  public static final double LARGEST_DEVIATION = 4;

  /** Test accuracy, mean over runs, that the SD loss may take before it is no help. */
  public static final double LARGEST_LOSS_OF_ACCURACY = 0.05;

  /** Fewest test examples on which accuracies are compared. */
  public static final int FEWEST_TEST_EXAMPLES = 1000;

  private record Distances(double vSingleGradient, double forgettingDistance) {}

  private CostVerdicts() {}

  /**
   * SISA costs what the closed form says: each served request took as many gradients as the
   * partition says it must, the closed form is within 4 standard errors of the mean of simulated
   * sequences after the first and the last request, and the served total lies in the range of 99%
   * of them.
   *
   * @param claim to name the verdict
   * @param measured by {@link ForgettingCost}
   */
  public static Verdict closedForm(String claim, Table measured) {
    int miscounted = 0;
    int outside = 0;
    double deviation = 0;
    double served = 0;
    double expected = 0;
    for (int run : CostCurves.runs(measured)) {
      Table rows = Tables.where(measured, "run", run).sortOn("request");
      for (Row row : rows) {
        miscounted += row.getLong("cost") == row.getLong("counted") ? 0 : 1;
      }
      Row last = rows.row(rows.rowCount() - 1);
      deviation = Math.max(deviation, Math.max(deviation(rows.row(0)), deviation(last)));
      double total = last.getLong("total");
      outside +=
          total >= last.getDouble("simulated_low") && total <= last.getDouble("simulated_high")
              ? 0
              : 1;
      served += total;
      expected += last.getDouble("expected_total");
    }
    return Verdict.of(
        claim,
        "SISA's requests cost the gradients that the closed form expects",
        miscounted == 0 && outside == 0 && deviation <= LARGEST_DEVIATION,
        "%d of %d served requests took other than the counted gradients (needed: none); closed"
            + " form at most %.1f standard errors from the simulated mean (needed: %.0f); totals"
            + " of %d of %d runs outside 99%% of simulated sequences (needed: none); served"
            + " %.0f gradients in all, expected %.0f",
        miscounted,
        measured.rowCount(),
        deviation,
        LARGEST_DEVIATION,
        outside,
        CostCurves.runs(measured).size(),
        served,
        expected);
  }

  private static double deviation(Row row) {
    double difference = Math.abs(row.getDouble("expected_total") - row.getDouble("simulated_mean"));
    return difference / row.getDouble("simulated_error");
  }

  /**
   * With the SD loss the same error budget lasts longer: over the horizon its amortised cost is
   * below that at gamma 0 in every run, while the test accuracy, mean over runs, falls by at most 5
   * points. Undecided if it is below in some runs only.
   *
   * @param claim to name the verdict
   * @param measured by {@link ForgettingCost}
   */
  public static Verdict lossHelps(String claim, Table measured) {
    double[] plain = costs(measured, CostCurves.BUDGETED);
    double[] sd = costs(measured, CostCurves.BUDGETED_SD);
    int lower = below(sd, plain);
    double lost = mean(measured, r -> r.getDouble("plain_accuracy") - r.getDouble("sd_accuracy"));
    Outcome outcome =
        lost > LARGEST_LOSS_OF_ACCURACY ? Outcome.FAILS : outcome(lower, plain.length);
    return Verdict.of(
        claim,
        "With the SD loss an error budget costs less a request, at little loss of accuracy",
        outcome,
        "amortised gradients a request over %d requests, mean over runs: %.0f with it, %.0f"
            + " without, less in %d of %d runs (needed: all); e of a request %.3g and %.3g;"
            + " accuracy falls by %.1f points (needed: at most %.0f)",
        CostCurves.firstRow(measured, CostCurves.runs(measured).get(0)).getInt("horizon"),
        mean(sd),
        mean(plain),
        lower,
        plain.length,
        mean(measured, r -> r.getDouble("sd_e")),
        mean(measured, r -> r.getDouble("plain_e")),
        100 * lost,
        100 * LARGEST_LOSS_OF_ACCURACY);
  }

  /**
   * At the budget of the settings, single gradient unlearning with retraining costs less a request
   * than SISA is expected to, in every run; undecided if in some runs only. The budget is anybody's
   * choice; so the smallest number of requests within it from which this is so is told.
   *
   * @param claim to name the verdict
   * @param measured by {@link ForgettingCost}
   */
  public static Verdict belowSisa(String claim, Table measured) {
    double[] budgeted = costs(measured, CostCurves.BUDGETED);
    double[] sisa = costs(measured, CostCurves.SISA);
    int lower = below(budgeted, sisa);
    Row first = CostCurves.firstRow(measured, CostCurves.runs(measured).get(0));
    return Verdict.of(
        claim,
        "Within the error budget, unlearning and retraining now and then costs less than SISA",
        outcome(lower, sisa.length),
        "amortised gradients a request over %d requests, mean over runs: %.0f with a budget for"
            + " %s requests (of it %.0f for measuring e), SISA %.0f; less in %d of %d runs"
            + " (needed: all); in all of them from a budget for %s requests on",
        first.getInt("horizon"),
        mean(budgeted),
        Tables.text(first.getDouble("budget")),
        mean(measured, CostCurves::measuring),
        mean(sisa),
        lower,
        sisa.length,
        Tables.text(
            Arrays.stream(perRun(measured, CostCurves::smallestBudget)).max().orElseThrow()));
  }

  private static Outcome outcome(int runsThatHold, int runs) {
    if (runsThatHold == 0) {
      return Outcome.FAILS;
    }
    return runsThatHold == runs ? Outcome.HOLDS : Outcome.UNDECIDED;
  }

  /**
   * What SISA gives for its cheaper retraining: the vote's test accuracy is below that of the one
   * model trained on everything with as many gradients, in every run. Undecided if in some runs
   * only, or with fewer than 1,000 test examples.
   *
   * @param claim to name the verdict
   * @param measured by {@link ForgettingCost}
   */
  public static Verdict shardingCostsAccuracy(String claim, Table measured) {
    double[] one = perRun(measured, row -> row.getDouble("plain_accuracy"));
    double[] vote = perRun(measured, row -> row.getDouble("vote_accuracy"));
    Row first = CostCurves.firstRow(measured, CostCurves.runs(measured).get(0));
    boolean enough = first.getInt("test_examples") >= FEWEST_TEST_EXAMPLES;
    return Verdict.of(
        claim,
        "The vote of SISA's constituents is less accurate than one model",
        enough ? outcome(below(vote, one), one.length) : Outcome.UNDECIDED,
        "test accuracy, mean over runs: one model %.1f%%, vote %.1f%%, mean of outputs %.1f%%,"
            + " a constituent alone %.1f%%; vote below in %d of %d runs (needed: all), on %d test"
            + " examples (needed: %d)",
        100 * mean(one),
        100 * mean(vote),
        100 * mean(measured, row -> row.getDouble("mean_accuracy")),
        100 * mean(measured, row -> row.getDouble("constituent_accuracy")),
        below(vote, one),
        one.length,
        first.getInt("test_examples"),
        FEWEST_TEST_EXAMPLES);
  }

  /**
   * What a single gradient gives for its price: whether it brings the model nearer to the retrained
   * one than doing nothing, with and without the SD loss. See {@link
   * FineTuningVerdicts#nearerThanDoingNothing}.
   *
   * @param claim to name the verdict
   * @param measured by {@link ForgettingCost}
   */
  public static Verdict nearerThanDoingNothing(String claim, Table measured) {
    List<Distances> distances = new ArrayList<>();
    for (int run : CostCurves.runs(measured)) {
      Row row = CostCurves.firstRow(measured, run);
      for (String model : List.of("plain_", "sd_")) {
        distances.add(
            new Distances(
                row.getDouble(model + "v"), row.getDouble(model + "forgetting_distance")));
      }
    }
    return FineTuningVerdicts.nearerThanDoingNothing(
        claim, RecordTable.of("distances", Distances.class, distances));
  }

  private static double[] costs(Table measured, String policy) {
    return perRun(
        measured, row -> CostCurves.policies(row).get(policy).amortised(row.getInt("horizon")));
  }

  private static double[] perRun(Table measured, ToDoubleFunction<Row> value) {
    List<Double> values = new ArrayList<>();
    for (int run : CostCurves.runs(measured)) {
      values.add(value.applyAsDouble(CostCurves.firstRow(measured, run)));
    }
    return values.stream().mapToDouble(one -> one).toArray();
  }

  private static int below(double[] values, double[] others) {
    int below = 0;
    for (int i = 0; i < values.length; i++) {
      below += values[i] < others[i] ? 1 : 0;
    }
    return below;
  }

  private static double mean(Table measured, ToDoubleFunction<Row> value) {
    return mean(perRun(measured, value));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }
}
