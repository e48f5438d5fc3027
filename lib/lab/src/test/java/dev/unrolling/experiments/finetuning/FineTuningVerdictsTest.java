package dev.unrolling.experiments.finetuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;

class FineTuningVerdictsTest {

  private static final int SETTINGS = 16;

  /** Ingredients of e that vary on their own from setting to setting. */
  private static double rate(int i) {
    return i % 2 == 0 ? 0.01 : 0.02;
  }

  private static final double[] MOVEMENT = new Random(1).doubles(SETTINGS, 0.5, 1).toArray();
  private static final double[] SIGMA = new Random(2).doubles(SETTINGS, 1, 20).toArray();

  private static Table settings(IntToDoubleFunction v, IntToDoubleFunction e, int count) {
    Table table =
        Table.create(
            IntColumn.create("run"),
            IntColumn.create("step"),
            DoubleColumn.create("rate"),
            DoubleColumn.create("v_single_gradient"),
            DoubleColumn.create("e"),
            DoubleColumn.create("norm_dw"),
            DoubleColumn.create("sigma"));
    for (int i = 0; i < count; i++) {
      table.doubleColumn("sigma").append(SIGMA[i]);
      table.intColumn("run").append(i);
      table.intColumn("step").append(100);
      table.doubleColumn("rate").append(rate(i));
      table.doubleColumn("v_single_gradient").append(v.applyAsDouble(i));
      table.doubleColumn("e").append(e.applyAsDouble(i));
      table.doubleColumn("norm_dw").append(MOVEMENT[i]);
    }
    return table;
  }

  private static double unlearningError(int i) {
    return rate(i) * rate(i) * MOVEMENT[i] * SIGMA[i] * 99 / 2;
  }

  @Test
  void anErrorThatRanksVHolds() {
    Verdict verdict =
        FineTuningVerdicts.acrossSettings(
            "E1",
            settings(i -> 3 * Math.sqrt(unlearningError(i)), i -> unlearningError(i), SETTINGS),
            "e");
    assertEquals(Outcome.HOLDS, verdict.outcome(), verdict.evidence());
  }

  @Test
  void aTurnedErrorFails() {
    Verdict verdict =
        FineTuningVerdicts.acrossSettings(
            "E1", settings(i -> unlearningError(i), i -> 1 / unlearningError(i), SETTINGS), "e");
    assertEquals(Outcome.FAILS, verdict.outcome(), verdict.evidence());
  }

  @Test
  void anErrorThatAddsNothingToTheMovementFails() {
    // v goes with the movement alone; e multiplies it by numbers that have nothing to do with v.
    Verdict verdict =
        FineTuningVerdicts.acrossSettings(
            "E1", settings(i -> MOVEMENT[i], i -> unlearningError(i), SETTINGS), "e");
    assertEquals(Outcome.FAILS, verdict.outcome(), verdict.evidence());
    assertTrue(verdict.evidence().contains("norm(dw)"), verdict.evidence());
  }

  @Test
  void fewSettingsDecideNothing() {
    Verdict verdict =
        FineTuningVerdicts.acrossSettings(
            "E1", settings(i -> unlearningError(i), i -> unlearningError(i), 7), "e");
    assertEquals(Outcome.UNDECIDED, verdict.outcome());
  }

  @Test
  void settingsAtDifferentStepsDecideNothing() {
    Table table = settings(i -> unlearningError(i), i -> unlearningError(i), SETTINGS);
    table.intColumn("step").set(0, 50);
    assertEquals(Outcome.UNDECIDED, FineTuningVerdicts.acrossSettings("E1", table, "e").outcome());
  }

  private static Table sweep(IntToDoubleFunction exponentOfError) {
    Table table =
        Table.create(
            IntColumn.create("step"),
            DoubleColumn.create("rate"),
            DoubleColumn.create("v_single_gradient"),
            DoubleColumn.create("e"),
            DoubleColumn.create("e1"),
            DoubleColumn.create("forgetting_distance"));
    for (int i = 0; i < 5; i++) {
      double rate = 0.2 / (1 << i);
      // v = 0.3 e1, with e1 of second order in the rate: one from eta, one from the movement.
      table.intColumn("step").append(10);
      table.doubleColumn("rate").append(rate);
      table.doubleColumn("v_single_gradient").append(0.3 * rate * rate);
      table.doubleColumn("e1").append(rate * rate * exponentOfError.applyAsDouble(i));
      table.doubleColumn("e").append(rate * rate * rate);
      table.doubleColumn("forgetting_distance").append(rate);
    }
    return table;
  }

  @Test
  void oneEtaKeepsItsRatio() {
    Verdict right = FineTuningVerdicts.units("2.4", sweep(i -> 1));
    assertEquals(Outcome.HOLDS, right.outcome(), right.evidence());
    // An e1 with a second eta by mistake.
    Verdict wrong = FineTuningVerdicts.units("2.4", sweep(i -> 0.2 / (1 << i)));
    assertEquals(Outcome.FAILS, wrong.outcome(), wrong.evidence());
  }

  @Test
  void boundSaysWhereItIsBroken() {
    Table table = sweep(i -> 1);
    assertEquals(Outcome.HOLDS, FineTuningVerdicts.bound("2.3", table, "e1").outcome());
    // v/e is 0.3/rate: above 1 wherever the rate is.
    Verdict broken = FineTuningVerdicts.bound("2.3", table, "e");
    assertEquals(Outcome.FAILS, broken.outcome());
    assertTrue(broken.evidence().contains("5 of 5"), broken.evidence());
    // The first step, where both are 0, says nothing.
    table.intColumn("step").set(0, 1);
    table.doubleColumn("v_single_gradient").set(0, 1e-17);
    table.doubleColumn("e1").set(0, 0.0);
    assertEquals(Outcome.HOLDS, FineTuningVerdicts.bound("2.3", table, "e1").outcome());
  }

  @Test
  void unlearningIsComparedWithDoingNothing() {
    Table table = sweep(i -> 1);
    assertEquals(Outcome.HOLDS, FineTuningVerdicts.nearerThanDoingNothing("E1", table).outcome());
    table.doubleColumn("forgetting_distance").set(4, 1e-9);
    assertEquals(Outcome.FAILS, FineTuningVerdicts.nearerThanDoingNothing("E1", table).outcome());
  }

  @Test
  void twoGrowingSeriesCorrelateAndTheirDifferencesNeedNot() {
    Table run =
        Table.create(
            IntColumn.create("run"),
            IntColumn.create("step"),
            DoubleColumn.create("rate"),
            DoubleColumn.create("gamma"),
            IntColumn.create("seed"),
            BooleanColumn.create("forget_batch_in_pretraining"),
            DoubleColumn.create("v_single_gradient"),
            DoubleColumn.create("e"),
            DoubleColumn.create("norm_dw"));
    Random random = new Random(5);
    double v = 0;
    double e = 0;
    for (int i = 0; i < 40; i++) {
      run.intColumn("run").append(3);
      run.intColumn("step").append(i);
      run.doubleColumn("rate").append(0.1);
      run.doubleColumn("gamma").append(0);
      run.intColumn("seed").append(0);
      run.booleanColumn("forget_batch_in_pretraining").append(true);
      run.doubleColumn("v_single_gradient").append(v += random.nextDouble());
      run.doubleColumn("e").append(e += random.nextDouble());
      run.doubleColumn("norm_dw").append(i);
    }
    Table controls = FineTuningVerdicts.controls(run);
    assertEquals(1, controls.rowCount());
    assertTrue(controls.doubleColumn("v_with_e").get(0) > 0.97);
    assertTrue(controls.doubleColumn("v_with_t").get(0) > 0.97);
    assertTrue(Math.abs(controls.doubleColumn("differences_v_with_e").get(0)) < 0.4);
    assertEquals(39, FineTuningVerdicts.lastRows(run).intColumn("step").get(0));
  }
}
