package dev.unrolling.experiments.singlegradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Dataset;
import dev.unrolling.experiment.TheoryRuns;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.statistics.Tables;
import dev.unrolling.training.Fixtures;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

class SingleGradientVerdictsTest {

  private static final SingleGradientSettings BASE = SingleGradientSettings.base();

  private static Table run(List<SingleGradientSettings> settings) {
    return TheoryRuns.of(new SingleGradientExperiment(), settings);
  }

  /** The table with the values of one column under the name of another. */
  private static Table with(Table table, String column, String values, double factor) {
    return table
        .copy()
        .replaceColumn(column, table.doubleColumn(values).multiply(factor).setName(column));
  }

  @Test
  void aBatchLeavesSecondOrderAndItsLeadingTermExplainsIt() {
    Table table = run(SingleGradientSettings.batches(Scale.SMOKE, BASE));
    Verdict right = SingleGradientVerdicts.batches(table);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    // A leading term with its sign turned doubles what is left.
    Table turned = with(table, "remainder", "v", 2);
    assertEquals(Outcome.FAILS, SingleGradientVerdicts.batches(turned).outcome());
    // Nothing added back, or taken off instead of added.
    Table nothing = with(table, "v", "forgetting_distance", 1);
    assertEquals(Outcome.FAILS, SingleGradientVerdicts.batches(nothing).outcome());
    Table missing = with(table, "remainder", "remainder", Double.NaN);
    assertEquals(Outcome.FAILS, SingleGradientVerdicts.batches(missing).outcome());
    Table slopes = SingleGradientVerdicts.slopes(table);
    assertEquals(6, slopes.rowCount());
    assertEquals(1, slopes.doubleColumn("forgetting_distance").get(0), 0.1);
  }

  @Test
  void aPointNeedsTheDivisorOfItsBatch() {
    Table table = run(SingleGradientSettings.points(Scale.SMOKE, BASE));
    Verdict right = SingleGradientVerdicts.points(table);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    Table swapped =
        table
            .copy()
            .replaceColumn(
                "forgotten",
                StringColumn.create(
                    "forgotten",
                    table.stringColumn("forgotten").asList().stream()
                        .map(s -> s.endsWith("batch") ? "point_remaining" : "point_full_batch")));
    assertEquals(Outcome.FAILS, SingleGradientVerdicts.points(swapped).outcome());
  }

  @Test
  void kinksAndBatchStatisticsLeaveMore() {
    Table table = run(SingleGradientSettings.networks(Scale.SMOKE));
    Verdict kinks = SingleGradientVerdicts.kinks(table);
    assertEquals(Outcome.HOLDS, kinks.outcome(), kinks.toString());
    Verdict statistics = SingleGradientVerdicts.batchStatistics(table);
    assertEquals(Outcome.HOLDS, statistics.outcome(), statistics.toString());
    Table residual = Tables.where(table, "model", "resnet8-4");
    assertEquals(Outcome.FAILS, SingleGradientVerdicts.batches(residual).outcome());
    // Points are left out of a verdict on batches: with them the smooth network would fail.
    Table smooth = Tables.where(table, "model", "tanh-bn-cnn-4");
    Verdict alone = SingleGradientVerdicts.batches(smooth);
    assertEquals(Outcome.HOLDS, alone.outcome(), alone.toString());
    // A leading term that is ignored leaves all of v on smooth networks too.
    Table ignored = with(table, "remainder", "v", 1);
    assertEquals(Outcome.FAILS, SingleGradientVerdicts.kinks(ignored).outcome());
    // Nothing added back.
    Table nothing = with(table, "v", "forgetting_distance", 1);
    assertEquals(Outcome.FAILS, SingleGradientVerdicts.batchStatistics(nothing).outcome());
  }

  @Test
  void allHoldsOfALinearHeadToo() {
    Dataset features = Fixtures.features();
    SingleGradientSettings head =
        SettingsJson.with(
            SingleGradientSettings.head(Scale.SMOKE), "model", "linear-" + features.exampleSize());
    Table table =
        TheoryRuns.on(
            features,
            new SingleGradientExperiment(),
            SingleGradientSettings.batches(Scale.SMOKE, head));
    Verdict right = SingleGradientVerdicts.batches(table).on("pooled");
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    assertEquals("2.2 (pooled)", right.claim());
    Table nothing = with(table, "v", "forgetting_distance", 1);
    assertEquals(Outcome.FAILS, SingleGradientVerdicts.batches(nothing).outcome());
  }

  @Test
  void momentumNeedsTheCorrectedFactor() {
    Table table = run(SingleGradientSettings.momentum(Scale.SMOKE, BASE));
    Verdict right = SingleGradientVerdicts.momentum(table);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    Table ignored = with(table, "v_corrected", "v", 1);
    assertEquals(Outcome.FAILS, SingleGradientVerdicts.momentum(ignored).outcome());
  }

  @Test
  void theLeadingTermTellsForgetBatchesApart() {
    Table table = run(SingleGradientSettings.forgetBatches(Scale.SMOKE, BASE));
    Verdict right = SingleGradientVerdicts.prediction(table);
    assertEquals(Outcome.HOLDS, right.outcome(), right.toString());
    assertTrue(
        table.doubleColumn("gradient_norm").max()
            > 1.5 * table.doubleColumn("gradient_norm").min());
    Table halved = with(table, "predicted", "predicted", 0.5);
    assertEquals(Outcome.FAILS, SingleGradientVerdicts.prediction(halved).outcome());
    Table byError = with(table, "predicted", "e1", 1);
    assertEquals(Outcome.FAILS, SingleGradientVerdicts.prediction(byError).outcome());
  }

  @Test
  void badSettingsAreNamed() {
    for (String wrong : List.of("rate=0", "epochs=0", "batchSize=1", "forgetSeed=-1")) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> SettingsJson.set(BASE, wrong))
              .getMessage();
      assertTrue(message.matches(".* must be .* not .*"), message);
    }
  }
}
