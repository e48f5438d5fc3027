package dev.unrolling.experiments.checkpointing;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.statistics.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tech.tablesaw.api.Table;

/** What tables of {@link CheckpointingExperiment} say about claim 2.5. */
public final class CheckpointingVerdicts {

  /** Largest relative difference that is rounding. */
  public static final double ROUNDING = 1e-9;

  /** Largest relative distance of v from its prediction. */
  public static final double PREDICTION_TOLERANCE = 0.1;

  private CheckpointingVerdicts() {}

  /** 2.5: the two ends of checkpointing are amnesiac and single gradient unlearning. */
  public static Verdict ends(Table table) {
    Table sorted = table.sortOn("spacing");
    int last = sorted.rowCount() - 1;
    double every = relative(Tables.at(sorted, "v", 0), Tables.at(sorted, "v_amnesiac", 0));
    double once =
        relative(Tables.at(sorted, "v", last), Tables.at(sorted, "v_single_gradient", last));
    double apart =
        relative(Tables.at(sorted, "v_amnesiac", 0), Tables.at(sorted, "v_single_gradient", 0));
    double plain = relative(Tables.at(sorted, "e1", last), Tables.at(sorted, "e1_plain", last));
    boolean whole =
        Tables.at(sorted, "spacing", 0) == 1
            && Tables.at(sorted, "spacing", last) >= Tables.at(sorted, "steps", 0);
    return Verdict.of(
        "2.5",
        "With a checkpoint at every step, checkpointed unlearning is amnesiac unlearning; with one"
            + " at w_0 it is single gradient unlearning, and the checkpointed error the plain one",
        whole
            && every <= ROUNDING
            && once <= ROUNDING
            && plain <= ROUNDING
            && apart > 1e3 * ROUNDING
            && Tables.at(sorted, "e1", 0) == 0,
        "relative differences of v %.1e and %.1e, of e1 %.1e (needed: at most %.0e; the two ends"
            + " are %.1e apart); e1 at every step %.1e (needed: 0)",
        every,
        once,
        plain,
        ROUNDING,
        apart,
        Tables.at(sorted, "e1", 0));
  }

  /**
   * 2.5: checkpoints take away what comes from x*'s own curvature, and what x* did to the other
   * batches stays: at each spacing v is the norm of both parts of the leading term.
   */
  public static Verdict othersStay(Table table) {
    Table sorted = table.sortOn("spacing");
    double furthest = 0;
    for (int row = 0; row < sorted.rowCount(); row++) {
      double distance = relative(Tables.at(sorted, "predicted", row), Tables.at(sorted, "v", row));
      furthest = Double.isNaN(distance) ? distance : Math.max(furthest, distance);
    }
    return Verdict.of(
        "2.5, what stays",
        "Checkpoints take away the part of v that comes from the curvature of x* itself; what x* did"
            + " to the other batches stays",
        furthest <= PREDICTION_TOLERANCE
            && Tables.at(sorted, "own_part", 0) == 0
            && Tables.at(sorted, "own_part", sorted.rowCount() - 1) > 0
            && Tables.at(sorted, "others_part", 0) > 0,
        "v within %.1f%% of the leading term at each of %d spacings (needed: %.0f%%); of it, x*'s"
            + " own part %.2e with one checkpoint and %.2e with one at every step, the others'"
            + " part %.2e throughout; v %.2e and %.2e",
        100 * furthest,
        sorted.rowCount(),
        100 * PREDICTION_TOLERANCE,
        Tables.at(sorted, "own_part", sorted.rowCount() - 1),
        Tables.at(sorted, "own_part", 0),
        Tables.at(sorted, "others_part", 0),
        Tables.at(sorted, "v", sorted.rowCount() - 1),
        Tables.at(sorted, "v", 0));
  }

  /** 2.5: whether v of the matching method stays below the checkpointed error with one eta. */
  public static Verdict bound(Table table) {
    List<Integer> above = new ArrayList<>();
    for (int row = 0; row < table.rowCount(); row++) {
      if (!(Tables.at(table, "v", row) <= Tables.at(table, "e1", row))) {
        above.add((int) Tables.at(table, "spacing", row));
      }
    }
    return Verdict.of(
        "2.5, as a bound",
        "At each spacing v stays below the checkpointed error with one eta",
        above.isEmpty(),
        "v above e1 at "
            + above.size()
            + " of "
            + table.rowCount()
            + " spacings "
            + above
            + " of "
            + Arrays.toString(Tables.values(table, "spacing"))
            + " (needed: none)");
  }

  private static double relative(double one, double other) {
    return Math.abs(one - other) / Math.abs(other);
  }
}
