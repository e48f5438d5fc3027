package dev.unrolling.experiments.methods;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.statistics.Correlation;
import dev.unrolling.statistics.Tables;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/**
 * What tables of {@link MethodExperiment} say about claims 2.10 and 2.11. All take one row a
 * setting and method, as {@link #lastRows} gives.
 */
public final class MethodVerdicts {

  /** Largest relative error of a prediction. */
  public static final double PREDICTION_TOLERANCE = 0.1;

  /** Fewest settings that a rank correlation rests on. */
  public static final int FEWEST_SETTINGS = 8;

  static final String LEFT_OVER = "left_over";

  private MethodVerdicts() {}

  /** The rows at the last step of each run. */
  public static Table lastRows(Table measurements) {
    return measurements.where(measurements.numberColumn("test_accuracy").isNotMissing());
  }

  /** All that a table says. */
  public static Verdict[] all(Table last) {
    return List.of(
            nearer("2.10", "Unlearning along the trajectory", last, "trajectory"),
            predictor("2.10, predictor", last),
            nearer("2.11", "Unlearning with one Hessian", last, "krylov"))
        .toArray(Verdict[]::new);
  }

  /** Whether a method ends nearer to M' than doing nothing does, in every setting. */
  public static Verdict nearer(String claim, String subject, Table last, String method) {
    double[] ratios = leftOver(last, method);
    double[] paper = leftOver(last, "single-gradient");
    return Verdict.of(
        claim,
        subject + " ends nearer to M' than doing nothing",
        Arrays.stream(ratios).allMatch(ratio -> ratio < 1),
        "v below the forgetting distance in %d of %d settings; v / forgetting distance from %.2f"
            + " to %.2f, of single gradient unlearning from %.2f to %.2f",
        Arrays.stream(ratios).filter(ratio -> ratio < 1).count(),
        ratios.length,
        Arrays.stream(ratios).min().orElseThrow(),
        Arrays.stream(ratios).max().orElseThrow(),
        Arrays.stream(paper).min().orElseThrow(),
        Arrays.stream(paper).max().orElseThrow());
  }

  /** Whether v of single gradient unlearning is known before anything is retrained. */
  public static Verdict predictor(String claim, Table last) {
    Table single = Tables.where(last, "method", "single-gradient");
    double[] v = Tables.values(single, "v");
    double[] predicted = Tables.values(single, "predicted");
    double[] ratios = IntStream.range(0, v.length).mapToDouble(i -> predicted[i] / v[i]).toArray();
    String told = v.length < FEWEST_SETTINGS ? "" : ranks(single, v, predicted);
    return Verdict.of(
            claim,
            "The distance to what unlearning along the trajectory gives is v of single gradient"
                + " unlearning, without retraining",
            Arrays.stream(ratios).allMatch(ratio -> Math.abs(ratio - 1) <= PREDICTION_TOLERANCE),
            "predicted / v from %.2f to %.2f over %d settings (needed: within %.1f of 1)%s",
            Arrays.stream(ratios).min().orElse(Double.NaN),
            Arrays.stream(ratios).max().orElse(Double.NaN),
            ratios.length,
            PREDICTION_TOLERANCE,
            told)
        .ifEnough(ratios.length > 0, "at least one setting is needed");
  }

  private static String ranks(Table single, double[] v, double... predicted) {
    return "; rank correlation with v "
        + Correlation.ofRanks(v, predicted)
        + ", of e "
        + Correlation.ofRanks(v, Tables.values(single, "e"))
        + ", of e1 "
        + Correlation.ofRanks(v, Tables.values(single, "e1"));
  }

  private static double[] leftOver(Table last, String method) {
    return Tables.values(withLeftOver(Tables.where(last, "method", method)), LEFT_OVER);
  }

  /** The table with v over the forgetting distance in a column of its own. */
  static Table withLeftOver(Table table) {
    Table copy = table.copy();
    return copy.addColumns(
        copy.numberColumn("v")
            .asDoubleColumn()
            .divide(copy.numberColumn("forgetting_distance").asDoubleColumn())
            .setName(LEFT_OVER));
  }
}
