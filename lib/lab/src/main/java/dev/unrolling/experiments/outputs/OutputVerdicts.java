package dev.unrolling.experiments.outputs;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.statistics.Correlation;
import dev.unrolling.statistics.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.Table;

/** What tables of {@link OutputExperiment} say about claim 2.6. */
public final class OutputVerdicts {

  /** Least rank correlation that counts as following v. */
  public static final double FOLLOWS = 0.8;

  /** Room for rounding in the inequalities, relative. */
  public static final double ROUNDING = 1e-6;

  /** Smooth metrics that v bounds, by column. */
  private static final Map<String, String> SMOOTH =
      Map.of(
          "mean_logit_distance", "logit distance",
          "mean_kl", "KL",
          "mean_absolute_loss_gap", "loss gap");

  private OutputVerdicts() {}

  /**
   * 2.6: the chain of bounds at equal running statistics: logits move by at most K v, with K
   * measured on the segment; the loss gap is at most sqrt 2 times the mean logit distance and the
   * KL at most a quarter of the largest squared.
   *
   * @param table of a network without batch norm
   */
  public static Verdict bounds(Table table) {
    int broken = 0;
    double tightest = 0;
    for (int row = 0; row < table.rowCount(); row++) {
      double largest = Tables.at(table, "largest_at_equal_statistics", row);
      double bound = Tables.at(table, "lipschitz", row) * Tables.at(table, "v", row);
      double mean = Tables.at(table, "mean_logit_distance", row);
      boolean holds =
          largest <= bound * (1 + ROUNDING)
              && Tables.at(table, "mean_absolute_loss_gap", row)
                  <= Math.sqrt(2) * mean * (1 + ROUNDING) + ROUNDING
              && Tables.at(table, "mean_kl", row)
                  <= largest * largest / 4 * (1 + ROUNDING) + ROUNDING;
      broken += holds ? 0 : 1;
      tightest = bound > 0 ? Math.max(tightest, largest / bound) : tightest;
    }
    return Verdict.of(
        "2.6",
        "Logit distance, loss gap and KL are bounded by way of v at equal running statistics",
        broken == 0 && table.rowCount() > 0,
        "broken in %d of %d comparisons (needed: 0); largest logit distance up to %.2f of K v",
        broken,
        table.rowCount(),
        tightest);
  }

  /**
   * 2.6: over settings, v ranks the smooth metrics.
   *
   * @param table of a network without batch norm
   */
  public static Verdict follows(Table table) {
    Table moved = table.where(table.numberColumn("v").isGreaterThan(0));
    List<String> told = new ArrayList<>();
    boolean holds = true;
    for (String column : SMOOTH.keySet().stream().sorted().toList()) {
      Correlation correlation = correlation(moved, column);
      holds &= correlation.value() >= FOLLOWS;
      told.add(SMOOTH.get(column) + " " + correlation);
    }
    return Verdict.of(
        "2.6, over settings",
        "Over settings and methods the logit distance, the loss gap and the KL follow v",
        holds,
        "rank correlation with v over %d comparisons: %s (needed: %.1f each); disagreement, a"
            + " step function: %s",
        moved.rowCount(),
        String.join(", ", told),
        FOLLOWS,
        correlation(moved, "disagreement"));
  }

  /**
   * 2.6: with batch norm, v = 0 and different logits go together, and equal statistics close the
   * gap.
   *
   * @param table of a network with batch norm
   * @throws IllegalArgumentException if the network has none
   */
  public static Verdict statistics(Table table) {
    Table same = Tables.where(table, "method", "retrained weights");
    if (same.isEmpty()) {
      throw new IllegalArgumentException(
          "no row has the method \"retrained weights\"; take a network with batch norm");
    }
    double v = same.numberColumn("v").max();
    double gap = same.numberColumn("largest_logit_distance").min();
    double closed = same.numberColumn("largest_at_equal_statistics").max();
    return Verdict.of(
        "2.6, batch norm",
        "With batch norm v = 0 and different logits go together; equal running statistics close the"
            + " gap",
        v == 0 && gap > ROUNDING && closed == 0,
        "retrained weights with M's statistics: v %.1e, largest logit distance at least %.2e, at"
            + " equal statistics at most %.1e (needed: 0, above 0, 0)",
        v,
        gap,
        closed);
  }

  private static Correlation correlation(Table table, String column) {
    return Correlation.ofRanks(Tables.values(table, "v"), Tables.values(table, column));
  }
}
