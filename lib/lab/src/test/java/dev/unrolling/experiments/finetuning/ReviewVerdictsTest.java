package dev.unrolling.experiments.finetuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.settings.Scale;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.Table;

class ReviewVerdictsTest {

  private static Table table(double[] gammas, double[] values, String column) {
    return Table.create(DoubleColumn.create("gamma", gammas), DoubleColumn.create(column, values));
  }

  private static Outcome falls(double[] gammas, double... values) {
    return ReviewVerdicts.falls("E5", table(gammas, values, "e"), "e").outcome();
  }

  @Test
  void criticalGammaIsTheSquareRootOfTwo() {
    assertEquals(Math.sqrt(2), ReviewVerdicts.CRITICAL_GAMMA, 1e-12);
  }

  @Test
  void aFallCountsBelowTheCriticalGammaOnly() {
    double[] gammas = {0, 0.1, 1, 5};
    assertEquals(Outcome.HOLDS, falls(gammas, 4, 3, 2, 100));
    assertEquals(Outcome.FAILS, falls(gammas, 2, 3, 4, 1));
    assertEquals(Outcome.FAILS, falls(gammas, 4, 2, 3, 1));
    // Gamma without an effect.
    assertEquals(Outcome.FAILS, falls(gammas, 2, 2, 2, 2));
    assertEquals(Outcome.UNDECIDED, falls(new double[] {0, 1, 5}, 3, 2, 1));
    // Rows in another order say the same.
    assertEquals(Outcome.HOLDS, falls(new double[] {1, 0, 0.1}, 2, 4, 3));
    // What is not a number does not fall.
    assertEquals(Outcome.FAILS, falls(gammas, 4, Double.NaN, 2, 1));
  }

  private static Outcome collapse(double... spreads) {
    return collapse(2000, new double[] {0, 0.1, 1, 5}, spreads);
  }

  private static Outcome collapse(int examples, double[] gammas, double... spreads) {
    IntColumn column = IntColumn.create("examples");
    for (int i = 0; i < gammas.length; i++) {
      column.append(examples);
    }
    Table table = table(gammas, spreads, "logit_deviation").addColumns(column);
    return ReviewVerdicts.collapse("E5", table).outcome();
  }

  @Test
  void collapseIsBeyondTheCriticalGammaAndNotBelow() {
    assertEquals(Outcome.HOLDS, collapse(2, 1.5, 0.5, 0.01));
    assertEquals(Outcome.FAILS, collapse(2, 1.5, 0.5, 0.5));
    assertEquals(Outcome.FAILS, collapse(2, 1.5, 0.01, 0.01));
    assertEquals(Outcome.UNDECIDED, collapse(2000, new double[] {0, 1}, 2, 1));
    assertEquals(Outcome.UNDECIDED, collapse(100, new double[] {0, 1, 5}, 2, 1, 0.01));
  }

  private static Verdict accuracy(double head, double converged, int tests) {
    Table last =
        table(new double[] {0, 5}, new double[] {head, 0.5}, "test_accuracy")
            .addColumns(IntColumn.create("test_examples", tests, tests));
    return ReviewVerdicts.asGoodAsConverged("E5", last, converged);
  }

  @Test
  void accuracyIsHeldAgainstTheConvergedOne() {
    assertEquals(Outcome.HOLDS, accuracy(0.77, 0.79, 2000).outcome());
    assertEquals(Outcome.FAILS, accuracy(0.75, 0.79, 2000).outcome());
    assertEquals(Outcome.FAILS, accuracy(0.83, 0.79, 2000).outcome());
    assertEquals(Outcome.UNDECIDED, accuracy(0.79, 0.79, 100).outcome());
    assertTrue(accuracy(0.77, 0.79, 2000).evidence().contains("77.00%"));
  }

  @Test
  void settingsKeepRateTimesSteps() {
    for (Scale scale : Scale.values()) {
      ReviewSettings settings = ReviewSettings.of(scale);
      List<FineTuningSettings> runs = settings.runs(384);
      assertEquals(settings.gammas().size(), runs.size());
      int steps = runs.get(0).steps();
      if (scale != Scale.SMOKE) {
        // The stratified part of the authors' 25,000 reviews is a little smaller.
        assertEquals(12.5, settings.rate() * steps, scale.isSmall() ? 1e-9 : 0.6);
      }
      assertTrue(!scale.isSmall() || steps <= 20_000, scale + ": " + steps);
    }
    assertThrows(
        IllegalArgumentException.class, () -> new ReviewSettings(16, 2, 1, 0.1, List.of(1.0)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ReviewSettings(16, 2, 1, 0.1, List.of(0.0, 2.0, 1.0)));
  }
}
