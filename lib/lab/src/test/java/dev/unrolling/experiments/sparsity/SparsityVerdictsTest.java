package dev.unrolling.experiments.sparsity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.experiment.TheoryRuns;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.experiments.finetuning.FineTuningVerdicts;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.statistics.Tables;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

class SparsityVerdictsTest {

  private static final FineTuningSettings TINY =
      SettingsJson.with(
          FineTuningSettings.of(Scale.SMOKE),
          "model",
          "tanh-bn-cnn-2",
          "examples",
          64,
          "testExamples",
          20,
          "pretrainingEpochs",
          0,
          "epochs",
          1);

  private static Table rows(double[] sparsities, long seeds, double... e) {
    DoubleColumn sparsity = DoubleColumn.create("sparsity");
    DoubleColumn seed = DoubleColumn.create("seed");
    for (double one : sparsities) {
      for (long i = 0; i < seeds; i++) {
        sparsity.append(one);
        seed.append(i);
      }
    }
    return Table.create("rows", sparsity, seed, DoubleColumn.create("e", e));
  }

  private static Verdict falls(double[] sparsities, long seeds, double... e) {
    return SparsityVerdicts.falls("2.12, e", rows(sparsities, seeds, e), "e");
  }

  @Test
  void fallingIsOfTheMeanOverSeeds() {
    double[] three = {0, 0.5, 0.9};
    Verdict verdict = falls(three, 3, 4, 6, 5, 3, 4, 5, 2, 1, 3);
    assertEquals(Outcome.HOLDS, verdict.outcome());
    assertTrue(verdict.evidence().contains("2.00 [1.00, 3.00] at 0.9"), verdict.evidence());
    // The mask ignored; what was pruned in the order turned round.
    assertEquals(Outcome.FAILS, falls(three, 3, 4, 6, 5, 4, 6, 5, 4, 6, 5).outcome());
    assertEquals(Outcome.FAILS, falls(three, 3, 2, 1, 3, 3, 4, 5, 4, 6, 5).outcome());
    assertEquals(Outcome.UNDECIDED, falls(three, 2, 4, 6, 3, 4, 2, 1).outcome());
    assertEquals(Outcome.UNDECIDED, falls(new double[] {0, 0.5}, 3, 4, 6, 5, 3, 4, 2).outcome());
  }

  @Test
  void theRunsAreThoseOfFineTuningWithAMask() {
    SparsitySettings whole = new SparsitySettings(TINY, 0);
    Table sparse =
        FineTuningVerdicts.lastRows(
            TheoryRuns.of(new PrunedFineTuning(), List.of(whole, whole.withSparsity(0.9))));
    Table plain = FineTuningVerdicts.lastRows(TheoryRuns.of(new FineTuning(), List.of(TINY)));
    for (String column : List.of("v_single_gradient", "e1", "norm_dw", "test_accuracy")) {
      assertEquals(Tables.at(plain, column, 0), Tables.at(sparse, column, 0), column);
    }
    assertTrue(Tables.at(sparse, "norm_dw", 1) < 0.9 * Tables.at(sparse, "norm_dw", 0));
    assertThrows(IllegalArgumentException.class, () -> whole.withSparsity(1));
    assertThrows(IllegalArgumentException.class, () -> whole.withSparsity(-0.1));
  }
}
