package dev.unrolling.experiments.outputs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unrolling.experiment.TheoryRuns;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.settings.Scale;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

class OutputVerdictsTest {

  private static Table run(List<OutputSettings> settings) {
    return TheoryRuns.of(new OutputExperiment(), settings);
  }

  private static Table with(Table table, String column, DoubleColumn values) {
    return table.copy().replaceColumn(column, values.copy().setName(column));
  }

  @Test
  void boundsHoldAndSmoothMetricsFollow() {
    Table table = run(OutputSettings.grid(Scale.SMOKE));
    Verdict right = OutputVerdicts.bounds(table);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    // A Lipschitz constant that averages over examples bounds no single one.
    Table mean = with(table, "lipschitz", table.doubleColumn("lipschitz").multiply(0.5));
    assertEquals(Outcome.FAILS, OutputVerdicts.bounds(mean).outcome());
    Verdict follows = OutputVerdicts.follows(table);
    assertEquals(Outcome.HOLDS, follows.outcome(), follows.toString());
    Table turned = with(table, "mean_kl", table.doubleColumn("v").multiply(-1));
    assertEquals(Outcome.FAILS, OutputVerdicts.follows(turned).outcome());
    // Without batch norm there are no statistics to differ.
    assertThrows(IllegalArgumentException.class, () -> OutputVerdicts.statistics(table));
  }

  @Test
  void runningStatisticsMakeAGapThatVDoesNotSee() {
    Table table = run(OutputSettings.batchNorm().subList(0, 1));
    Verdict right = OutputVerdicts.statistics(table);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    // The statistics of M left in where those of M' belong.
    Table wrong =
        with(table, "largest_at_equal_statistics", table.doubleColumn("largest_logit_distance"));
    assertEquals(Outcome.FAILS, OutputVerdicts.statistics(wrong).outcome());
  }

  @Test
  void badSettingsAreNamed() {
    for (List<Integer> sizes : List.of(List.of(32, 200), List.of(64, 0))) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              new OutputSettings(
                  "tanh-cnn-8", "cifar10", sizes.get(0), sizes.get(1), 32, 1, 1, 0.01, 0, 8, 0));
    }
  }
}
