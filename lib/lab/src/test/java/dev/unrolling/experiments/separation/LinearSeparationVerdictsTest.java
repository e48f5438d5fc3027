package dev.unrolling.experiments.separation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.experiment.TheoryRuns;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.settings.Scale;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

class LinearSeparationVerdictsTest {

  private static final Table TABLE =
      TheoryRuns.of(new LinearSeparationExperiment(), LinearSeparationSettings.grid(Scale.SMOKE));

  private static Table with(String column, DoubleColumn values) {
    return TABLE.copy().replaceColumn(column, values.copy().setName(column));
  }

  @Test
  void crossEntropyGrowsLikeALogarithmAndTheSdLossConverges() {
    Verdict right = LinearSeparationVerdicts.growth(TABLE);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    // Gamma ignored: every run is one of cross entropy.
    Table alone = TABLE.where(TABLE.doubleColumn("gamma").isEqualTo(0));
    Table ignored = alone.copy();
    Table other = alone.copy();
    other.replaceColumn("gamma", alone.doubleColumn("gamma").add(5).setName("gamma"));
    ignored.append(other);
    assertEquals(Outcome.FAILS, LinearSeparationVerdicts.growth(ignored).outcome());
    // A norm that grows like the square root of t.
    DoubleColumn root =
        DoubleColumn.create(
            "norm_dw", TABLE.intColumn("step").asList().stream().mapToDouble(Math::sqrt).toArray());
    assertEquals(Outcome.FAILS, LinearSeparationVerdicts.growth(with("norm_dw", root)).outcome());
  }

  @Test
  void marginsEndWhereTheClosedFormSays() {
    Verdict right = LinearSeparationVerdicts.margins(TABLE);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    // A closed form that takes gamma for the weight of the plain standard deviation, or forgets
    // the C - 1 wrong classes.
    Table wrong = with("best_margin", TABLE.doubleColumn("best_margin").subtract(Math.log(9)));
    assertEquals(Outcome.FAILS, LinearSeparationVerdicts.margins(wrong).outcome());
  }

  @Test
  void beyondTheCriticalGammaMarginsCollapse() {
    Verdict right = LinearSeparationVerdicts.collapse(TABLE);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    // The threshold in the unit of the plain mean is C times too small.
    Table wrong = with("critical_gamma", TABLE.doubleColumn("critical_gamma").divide(10));
    assertEquals(Outcome.FAILS, LinearSeparationVerdicts.collapse(wrong).outcome());
    assertTrue(TABLE.doubleColumn("smallest_deviation").min() > 0);
  }

  @Test
  void badSettingsAreNamed() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new LinearSeparationSettings("cifar10", 10, 64, 0, 0, 0));
    List<LinearSeparationSettings> tooMany =
        List.of(new LinearSeparationSettings("cifar10", 4000, 64, 0.1, 0, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> TheoryRuns.of(new LinearSeparationExperiment(), tooMany));
  }
}
