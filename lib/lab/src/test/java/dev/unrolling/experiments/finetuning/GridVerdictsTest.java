package dev.unrolling.experiments.finetuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.store.RecordTable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;

class GridVerdictsTest {

  private static final FineTuningSettings BASE = FineTuningSettings.of(Scale.PAPER);

  /** Rows of settings with v and e as a formula of the rate and seed would give them. */
  static Table rows(List<FineTuningSettings> runs, double[] v, double[] e) {
    return RecordTable.of("rows", FineTuningSettings.class, runs)
        .addColumns(
            DoubleColumn.create("v_single_gradient", v),
            DoubleColumn.create("e", e),
            DoubleColumn.create("norm_dw", e));
  }

  @Test
  void fallingIsOfTheMeanOverSeedsBelowTheCriticalGamma() {
    List<FineTuningSettings> runs = new ArrayList<>();
    for (double gamma : new double[] {0, 5, 20, 50}) {
      for (long seed : new long[] {0, 1}) {
        runs.add(BASE.withGamma(gamma).withSeed(seed));
      }
    }
    double[] falling = {4, 6, 3, 4, 2, 1, 9, 9};
    Verdict verdict = GridVerdicts.falls("E2", rows(runs, falling, falling), "e", 28.5);
    assertEquals(Outcome.HOLDS, verdict.outcome());
    assertTrue(verdict.evidence().contains("5.00 at gamma 0.0"), verdict.evidence());
    assertTrue(verdict.evidence().contains("mean of 2 seeds"), verdict.evidence());
    // Gamma ignored; beyond gamma_c counted in.
    double[] same = {4, 6, 4, 6, 4, 6, 4, 6};
    assertEquals(
        Outcome.FAILS, GridVerdicts.falls("E2", rows(runs, same, same), "e", 28.5).outcome());
    assertEquals(
        Outcome.FAILS, GridVerdicts.falls("E2", rows(runs, falling, falling), "e", 99).outcome());
    assertEquals(
        Outcome.UNDECIDED,
        GridVerdicts.falls("E2", rows(runs, falling, falling), "e", 6).outcome());
  }

  @Test
  void aPenaltyMustLowerForEverySeed() {
    List<FineTuningSettings> runs = new ArrayList<>();
    for (long seed : new long[] {0, 1, 2}) {
      runs.add(BASE.withSeed(seed));
      runs.add(BASE.withSeed(seed).withGamma(5));
      runs.add(SettingsJson.with(BASE.withSeed(seed), "gamma", 5, "gammaDivisor", 2));
    }
    double[] lower = {4, 3, 9, 5, 4, 9, 6, 5, 9};
    assertEquals(Outcome.HOLDS, penalty(runs, lower));
    double[] once = {4, 3, 9, 5, 6, 9, 6, 5, 9};
    assertEquals(Outcome.FAILS, penalty(runs, once));
    double[] without = {4, 4, 1, 5, 5, 1, 6, 6, 1};
    assertEquals(Outcome.FAILS, penalty(runs, without));
    assertEquals(Outcome.UNDECIDED, penalty(runs.subList(0, 6), new double[] {4, 3, 9, 5, 4, 9}));
  }

  private static Outcome penalty(List<FineTuningSettings> runs, double[] e) {
    return GridVerdicts.lowerWithPenalty("E3", rows(runs, e, e), "e").outcome();
  }

  @Test
  void checkpointsMustBringTheErrorNearerAsAFactor() {
    assertEquals(
        Outcome.HOLDS, nearer(new double[] {1, 1}, new double[] {9, 8}, new double[] {2, 0.5}));
    // A tenth of v is farther than nine times v.
    assertEquals(
        Outcome.FAILS, nearer(new double[] {1, 1}, new double[] {9, 8}, new double[] {2, 0.1}));
    // Checkpoints ignored.
    assertEquals(
        Outcome.FAILS, nearer(new double[] {1, 1}, new double[] {9, 8}, new double[] {9, 8}));
  }

  private static Outcome nearer(double[] v, double[] e, double[] cut) {
    Table table =
        Table.create(
            DoubleColumn.create("v_single_gradient", v),
            DoubleColumn.create("e", e),
            DoubleColumn.create("e_checkpointed", cut));
    return GridVerdicts.checkpointedIsNearer("E4", table, "e").outcome();
  }

  @Test
  void sigmaIsAveragedOverTheRun() {
    Table table =
        Table.create(
            IntColumn.create("run", 0, 0, 1, 1),
            IntColumn.create("step", 1, 2, 1, 2),
            DoubleColumn.create("sigma", 1, 3, 5, 5));
    assertEquals(
        List.of(2.0, 5.0), FineTuningVerdicts.lastRows(table).doubleColumn("sigma_mean").asList());
  }
}
