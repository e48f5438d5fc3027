package dev.unrolling.experiments.unrolled;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.experiment.TheoryRuns;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.settings.Scale;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;

class UnrolledSgdVerdictsTest {

  private static Table run(List<UnrolledSgdSettings> settings) {
    return TheoryRuns.of(new UnrolledSgdExperiment(), settings);
  }

  @Test
  void quadraticIsExactAndWithoutTheTermsItIsNot() {
    Table table = run(UnrolledSgdSettings.quadratic(Scale.SMOKE));
    Verdict right = UnrolledSgdVerdicts.exactOnQuadratic(table);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    DoubleColumn dropped =
        table
            .doubleColumn("remainder_without_f")
            .divide(table.doubleColumn("norm_dw"))
            .setName("relative_remainder");
    Table wrong = table.copy().replaceColumn("relative_remainder", dropped);
    assertEquals(Outcome.FAILS, UnrolledSgdVerdicts.exactOnQuadratic(wrong).outcome());
  }

  @Test
  void ordersHoldOnASmoothNetworkAndFailWithTheTermsDroppedOrTurned() {
    Table table = run(UnrolledSgdSettings.smooth(Scale.SMOKE));
    Verdict right = UnrolledSgdVerdicts.orders(table);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    DoubleColumn without = table.doubleColumn("remainder_without_f");
    Table dropped =
        table.copy().replaceColumn("remainder_with_f", without.copy().setName("remainder_with_f"));
    assertEquals(Outcome.FAILS, UnrolledSgdVerdicts.orders(dropped).outcome());
    // With its sign turned the sum of f terms adds to the remainder instead of taking it away.
    Table turned =
        table
            .copy()
            .replaceColumn("remainder_with_f", without.multiply(2).setName("remainder_with_f"));
    assertEquals(Outcome.FAILS, UnrolledSgdVerdicts.orders(turned).outcome());
  }

  @Test
  void kinksBreakTheThirdOrder() {
    Table table = run(UnrolledSgdSettings.kinked(Scale.SMOKE));
    assertTrue(table.intColumn("kinks_crossed").max() > 0);
    Table smooth = run(UnrolledSgdSettings.smooth(Scale.SMOKE));
    Verdict verdict = UnrolledSgdVerdicts.brokenByKinks(smooth, table);
    assertEquals(Outcome.HOLDS, verdict.outcome(), verdict.toString());
    // A smooth network is not broken by kinks, whatever its slopes are.
    smooth.intColumn("kinks_crossed").set(smooth.intColumn("kinks_crossed").isEqualTo(0), 7);
    assertEquals(Outcome.FAILS, UnrolledSgdVerdicts.brokenByKinks(smooth, smooth).outcome());
  }

  @Test
  void kinksThatBreakNothingOrAreNotCrossedAreNotTakenForBreaking() {
    double[] rates = {0.1, 0.05, 0.025, 0.0125};
    Table smooth =
        Table.create(
            DoubleColumn.create("rate", rates),
            power("norm_dw", rates, 1),
            power("remainder_without_f", rates, 2),
            power("remainder_with_f", rates, 3),
            IntColumn.create("kinks_crossed", new int[] {9, 5, 3, 1}));
    assertEquals(Outcome.FAILS, UnrolledSgdVerdicts.brokenByKinks(smooth, smooth).outcome());
    Table none =
        smooth.copy().replaceColumn("kinks_crossed", IntColumn.create("kinks_crossed", new int[4]));
    assertEquals(Outcome.UNDECIDED, UnrolledSgdVerdicts.brokenByKinks(smooth, none).outcome());
  }

  private static DoubleColumn power(String name, double[] rates, double exponent) {
    DoubleColumn column = DoubleColumn.create(name);
    for (double rate : rates) {
      column.append(3 * Math.pow(rate, exponent));
    }
    return column;
  }
}
