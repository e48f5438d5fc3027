package dev.unrolling.experiments.checkpointing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unrolling.experiment.TheoryRuns;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

class CheckpointingVerdictsTest {

  private static final CheckpointingSettings SMALL = CheckpointingSettings.small(Scale.SMOKE);
  private static final Table TABLE = TheoryRuns.of(new CheckpointingExperiment(), List.of(SMALL));

  private static Table with(String column, DoubleColumn values) {
    return TABLE.copy().replaceColumn(column, values.copy().setName(column));
  }

  @Test
  void theEndsAreTheTwoMethods() {
    Verdict right = CheckpointingVerdicts.ends(TABLE);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    // The gradient taken at w_0 whatever the spacing.
    Table once = with("v", TABLE.doubleColumn("v_single_gradient"));
    assertEquals(Outcome.FAILS, CheckpointingVerdicts.ends(once).outcome());
    Table plain = with("e1", TABLE.doubleColumn("e1_plain"));
    assertEquals(Outcome.FAILS, CheckpointingVerdicts.ends(plain).outcome());
    Table cut = TABLE.where(TABLE.intColumn("spacing").isGreaterThan(1));
    assertEquals(Outcome.FAILS, CheckpointingVerdicts.ends(cut).outcome());
  }

  @Test
  void whatTheOthersDidStays() {
    Verdict right = CheckpointingVerdicts.othersStay(TABLE);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    // With either part of the leading term dropped it predicts nothing.
    for (String part : new String[] {"others_part", "own_part"}) {
      Table dropped = with("predicted", TABLE.doubleColumn(part));
      assertEquals(Outcome.FAILS, CheckpointingVerdicts.othersStay(dropped).outcome());
    }
    assertEquals(1, TABLE.intColumn("gradients").get(TABLE.rowCount() - 1));
    assertEquals(2, TABLE.intColumn("gradients").get(0));
  }

  @Test
  void aBoundIsBrokenWhereVIsAbove() {
    Table twice = with("e1", TABLE.doubleColumn("v").multiply(2));
    assertEquals(Outcome.HOLDS, CheckpointingVerdicts.bound(twice).outcome());
    Table half = with("e1", TABLE.doubleColumn("v").divide(2));
    assertEquals(Outcome.FAILS, CheckpointingVerdicts.bound(half).outcome());
  }

  @Test
  void badSettingsAreNamed() {
    for (String wrong : List.of("epochs=0", "rate=0", "others=0")) {
      assertThrows(IllegalArgumentException.class, () -> SettingsJson.set(SMALL, wrong));
    }
  }
}
