package dev.unrolling.experiments.methods;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.statistics.Correlation;
import dev.unrolling.statistics.Tables;
import dev.unrolling.unlearning.UnlearningCost;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.StatUtils;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.StringColumn;
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

  private static final int FEWEST_IN_A_RATE = 3;

  private static final Map<String, String> PREDICTORS = new LinkedHashMap<>();

  static {
    PREDICTORS.put("predicted", "distance to the trajectory's end (2.10)");
    PREDICTORS.put("leading_term", "leading term at w_0 (2.4b)");
    PREDICTORS.put("e1", "e1, one eta (2.4)");
    PREDICTORS.put("e", "e, as published (2.3)");
  }

  private static final String KRYLOV = "krylov";

  static final String LEFT_OVER = "left_over";

  private MethodVerdicts() {}

  /** The rows at the last step of each run. */
  public static Table lastRows(Table measurements) {
    return measurements.where(measurements.numberColumn("test_accuracy").isNotMissing());
  }

  /** What a table says about the trajectory and what it predicts. */
  public static Verdict[] alongTheTrajectory(Table last) {
    return new Verdict[] {
      nearer("2.10", "Unlearning along the trajectory", last, Trajectories.EXACT),
      predictor("2.10, predictor", last)
    };
  }

  /** What a table says about methods that cost less; those that it has. */
  public static Verdict[] cheaper(Table last) {
    List<Verdict> verdicts = new ArrayList<>();
    verdicts.add(nearer("2.11", "Unlearning with one Hessian", last, KRYLOV));
    if (last.stringColumn("method").contains(Trajectories.PART)) {
      verdicts.add(onFront("2.11, front", "one Hessian", last, KRYLOV));
      verdicts.add(cheaperThanRetraining("2.10, cheaper", last, Trajectories.PART));
    }
    return verdicts.toArray(Verdict[]::new);
  }

  /** Whether nothing that costs gradients, and no more of them, leaves less in any setting. */
  public static Verdict onFront(String claim, String subject, Table last, String method) {
    Table costly = withLeftOver(last.where(last.longColumn("gradients").isGreaterThan(0)));
    Map<String, Integer> better = new TreeMap<>();
    Table own = Tables.where(costly, "method", method);
    for (Row row : own) {
      costly.where(costly.intColumn("run").isEqualTo(row.getInt("run"))).stream()
          .filter(other -> other.getLong("gradients") <= row.getLong("gradients"))
          .filter(other -> other.getDouble(LEFT_OVER) < row.getDouble(LEFT_OVER))
          .forEach(other -> better.merge(other.getString("method"), 1, Integer::sum));
    }
    return Verdict.of(
        claim,
        "No method that costs less than " + subject + " ends nearer to M'",
        better.isEmpty(),
        "%d settings; less at no higher cost leave %s (needed: none)",
        own.rowCount(),
        better.isEmpty() ? "none" : better);
  }

  /** Whether a method ends nearer than doing nothing, and costs less than what it is there for. */
  public static Verdict cheaperThanRetraining(String claim, Table last, String method) {
    Table own = Tables.where(last, "method", method);
    double[] ratios = leftOver(last, method);
    double[] costs =
        own.stream().mapToDouble(row -> row.getLong("gradients") / retraining(row)).toArray();
    return Verdict.of(
        claim,
        "With products of a quarter of each batch unlearning along the trajectory ends nearer to"
            + " M' than doing nothing, and costs less than retraining",
        Arrays.stream(ratios).allMatch(ratio -> ratio < 1)
            && Arrays.stream(costs).allMatch(cost -> cost < 1),
        "v / forgetting distance %s over %d settings; gradients %s of those that fine-tuning again"
            + " takes (needed: all below 1)",
        Tables.range(ratios),
        ratios.length,
        Tables.range(costs));
  }

  /** Gradients that training again from w_0 takes, without the forget batch. */
  static double retraining(Row row) {
    UnlearningCost.Requests request =
        new UnlearningCost.Requests(row.getInt("examples"), row.getInt("batch_size"));
    return new UnlearningCost.Retraining(request, row.getInt("epochs")).ofRequest(1);
  }

  /** Whether a method ends nearer to M' than doing nothing does, in every setting. */
  public static Verdict nearer(String claim, String subject, Table last, String method) {
    double[] ratios = leftOver(last, method);
    double[] paper = leftOver(last, "single-gradient");
    return Verdict.of(
        claim,
        subject + " ends nearer to M' than doing nothing",
        Arrays.stream(ratios).allMatch(ratio -> ratio < 1),
        "v below the forgetting distance in %d of %d settings; v / forgetting distance %s, of single"
            + " gradient unlearning %s",
        Arrays.stream(ratios).filter(ratio -> ratio < 1).count(),
        ratios.length,
        Tables.range(ratios),
        Tables.range(paper));
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
            "predicted / v %s over %d settings (needed: within %.1f of 1)%s",
            Tables.range(ratios),
            ratios.length,
            PREDICTION_TOLERANCE,
            told)
        .ifEnough(ratios.length > 0, "at least one setting is needed");
  }

  /**
   * What is known of v of single gradient unlearning without retraining, each beside v: the rank
   * correlation over all settings with its interval, its mean within a rate, since the rate alone
   * orders much, and the ratio to v. The published e has another unit, so no ratio.
   *
   * @param last rows of at least 3 settings
   */
  public static Table predictors(Table last) {
    Table single = Tables.where(last, "method", "single-gradient");
    double[] v = Tables.values(single, "v");
    Table table =
        Table.create(
            "predictors",
            StringColumn.create("predictor"),
            IntColumn.create("settings"),
            DoubleColumn.create("rank_correlation"),
            DoubleColumn.create("low"),
            DoubleColumn.create("high"),
            DoubleColumn.create("within_a_rate"),
            DoubleColumn.create("median_ratio_to_v"),
            DoubleColumn.create("smallest_ratio"),
            DoubleColumn.create("largest_ratio"));
    PREDICTORS.forEach(
        (column, name) -> {
          double[] known = Tables.values(single, column);
          double[] ratios =
              IntStream.range(0, v.length)
                  .mapToDouble(i -> column.equals("e") ? Double.NaN : known[i] / v[i])
                  .sorted()
                  .toArray();
          Correlation all = Correlation.ofRanks(v, known);
          Row row = table.appendRow();
          row.setString("predictor", name);
          row.setInt("settings", v.length);
          row.setDouble("rank_correlation", all.value());
          row.setDouble("low", all.low());
          row.setDouble("high", all.high());
          row.setDouble("within_a_rate", withinARate(single, column));
          row.setDouble("median_ratio_to_v", StatUtils.percentile(ratios, 50));
          row.setDouble("smallest_ratio", ratios[0]);
          row.setDouble("largest_ratio", ratios[ratios.length - 1]);
        });
    return table;
  }

  private static double withinARate(Table single, String column) {
    return Arrays.stream(Tables.distinct(single, "rate"))
        .mapToObj(rate -> Tables.where(single, "rate", rate))
        .filter(some -> some.rowCount() >= FEWEST_IN_A_RATE)
        .mapToDouble(
            some -> Correlation.spearman(Tables.values(some, "v"), Tables.values(some, column)))
        .average()
        .orElse(Double.NaN);
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
