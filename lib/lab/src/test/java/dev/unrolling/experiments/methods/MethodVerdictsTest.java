package dev.unrolling.experiments.methods;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.experiment.TheoryRuns;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.plot.Figure;
import dev.unrolling.settings.Grid;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.statistics.Tables;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

class MethodVerdictsTest {

  private static final Table MEASURED = TheoryRuns.of(new MethodExperiment(), smooth());
  private static final Table LAST = MethodVerdicts.lastRows(MEASURED);

  /** A smooth network from its initial weights. */
  private static List<FineTuningSettings> smooth() {
    return Grid.of(
        SettingsJson.read(
            FineTuningSettings.of(Scale.SMOKE),
            """
            {"model": "tanh-cnn-8", "examples": 96, "pretrainingEpochs": 0, "epochs": 1,
             "testExamples": 50, "measureEvery": 3}
            """),
        "{\"rate\": [0.05, 0.01]}");
  }

  private static Outcome nearer(Table last, String method) {
    return MethodVerdicts.nearer("2.10", "It", last, method).outcome();
  }

  private static Table with(String column, DoubleColumn values) {
    return LAST.copy().replaceColumn(column, values.copy().setName(column));
  }

  @Test
  void onASmoothNetworkTheTrajectoryIsNearerAndPredicts() {
    assertEquals(Outcome.HOLDS, nearer(LAST, "trajectory"));
    Verdict predictor = MethodVerdicts.predictor("2.10, predictor", LAST);
    assertEquals(Outcome.HOLDS, predictor.outcome(), predictor.toString());
    Table trajectory = Tables.where(LAST, "method", "trajectory");
    Table single = Tables.where(LAST, "method", "single-gradient");
    for (int run = 0; run < 2; run++) {
      assertTrue(Tables.at(trajectory, "v", run) < 0.1 * Tables.at(single, "v", run));
    }
  }

  @Test
  void onASmoothNetworkTheLeadingTermPredictsToo() {
    Table single = Tables.where(LAST, "method", "single-gradient");
    double atLarge = Math.abs(Tables.at(single, "leading_term", 0) / Tables.at(single, "v", 0) - 1);
    double atSmall = Math.abs(Tables.at(single, "leading_term", 1) / Tables.at(single, "v", 1) - 1);
    assertTrue(atLarge < 0.2, "at the rate 0.05 off by " + atLarge);
    assertTrue(atSmall < 0.3 * atLarge, "what it leaves is of the next order: " + atSmall);
    Table others = LAST.where(LAST.stringColumn("method").isNotEqualTo("single-gradient"));
    assertEquals(others.rowCount(), others.doubleColumn("leading_term").countMissing());
  }

  @Test
  void predictorsAreRankedByHand() {
    double[] v = {1, 2, 3, 10, 20, 30};
    Table last =
        Table.create(
            StringColumn.create("method", Collections.nCopies(6, "single-gradient")),
            DoubleColumn.create("rate", 0.01, 0.01, 0.01, 0.1, 0.1, 0.1),
            DoubleColumn.create("v", v),
            DoubleColumn.create("predicted", 2, 4, 6, 20, 40, 60),
            DoubleColumn.create("leading_term", 3, 2, 1, 30, 20, 10),
            DoubleColumn.create("e1", 30, 20, 10, 3, 2, 1),
            DoubleColumn.create("e", v));
    Table found = MethodVerdicts.predictors(last);
    assertArrayEquals(
        new double[] {1, 19.0 / 35, -1, 1}, Tables.values(found, "rank_correlation"), 1e-12);
    assertArrayEquals(new double[] {1, -1, -1, 1}, Tables.values(found, "within_a_rate"), 1e-12);
    assertArrayEquals(
        new double[] {2, 1, 109.0 / 60, Double.NaN},
        found.doubleColumn("median_ratio_to_v").asDoubleArray(),
        1e-12);
    assertEquals(30, found.doubleColumn("largest_ratio").get(2), 1e-12);
    assertEquals(1.0 / 30, found.doubleColumn("smallest_ratio").get(2), 1e-12);
  }

  @Test
  void wrongNumbersAreSeen() {
    // The displacement with its sign turned is as far on the other side.
    Table turned = with("v", LAST.doubleColumn("forgetting_distance").multiply(1.9));
    assertEquals(Outcome.FAILS, nearer(turned, "trajectory"));
    Table off = with("predicted", LAST.doubleColumn("v").multiply(1.2));
    assertEquals(Outcome.FAILS, MethodVerdicts.predictor("p", off).outcome());
    Table none = LAST.where(LAST.intColumn("step").isEqualTo(0));
    assertEquals(Outcome.UNDECIDED, MethodVerdicts.predictor("p", none).outcome());
  }

  @Test
  void eachRowSaysWhatItsMethodCosts() {
    // 6 steps of 16 examples, the first a visit: 5 products; a product counts as two gradients.
    assertEquals(2 * 5 * 16, cost("trajectory"));
    assertEquals(16, cost("single-gradient"));
    assertEquals(0, cost("amnesiac"));
    assertEquals(0, cost("nothing"));
    assertEquals(16 + 2 * 16 * 80, cost("krylov"));
    // Four of 16 examples; and the first and the last of the five steps.
    assertEquals(2 * 5 * 4, cost("trajectory, quarter batches"));
    assertEquals(2 * 2 * 16, cost("trajectory, every 4th step"));
    assertEquals(2 * 2 * 4, cost("trajectory, quarter batches, every 4th step"));
    assertEquals(16 + 2 * 16 * 32, cost("krylov, 32 examples"));
    assertEquals(16 + 2 * 16 * 64, cost("krylov, 64 examples"));
  }

  /** Of the costs, which are the same in both runs, v decides who is on the front. */
  @Test
  void theFrontIsOfThoseThatNothingCheaperBeats() {
    assertEquals(Outcome.HOLDS, front(LAST, "trajectory"));
    // The quarter batches cost 40 gradients, the exact ones 160: with the worst v they are beaten.
    DoubleColumn worst = LAST.doubleColumn("v").copy();
    DoubleColumn best = LAST.doubleColumn("v").copy();
    for (int i = 0; i < LAST.rowCount(); i++) {
      if (LAST.stringColumn("method").get(i).equals("trajectory")) {
        worst.set(i, 10);
        best.set(i, 0);
      }
    }
    assertEquals(Outcome.FAILS, front(with("v", worst), "trajectory"));
    assertEquals(Outcome.FAILS, front(with("v", best), "krylov"));
  }

  private static Outcome front(Table last, String method) {
    return MethodVerdicts.onFront("f", "it", last, method).outcome();
  }

  @Test
  void whatCostsMoreThanRetrainingIsNoBargain() {
    // Fine-tuning again takes 80 gradients, quarter batches 40, the exact ones 160.
    assertEquals(80, MethodVerdicts.retraining(LAST.row(0)));
    assertEquals(Outcome.HOLDS, bargain(LAST, "trajectory, quarter batches"));
    assertEquals(Outcome.FAILS, bargain(LAST, "trajectory"));
    Table far = with("v", LAST.doubleColumn("forgetting_distance").multiply(1.1));
    assertEquals(Outcome.FAILS, bargain(far, "trajectory, quarter batches"));
  }

  private static Outcome bargain(Table last, String method) {
    return MethodVerdicts.cheaperThanRetraining("b", last, method).outcome();
  }

  private static long cost(String method) {
    return (long) Tables.at(Tables.where(LAST, "method", method), "gradients", 0);
  }

  @Test
  void figuresShowEachMethod() {
    Map<String, Figure> figures = MethodFigures.all(MEASURED);
    assertEquals(
        List.of("c2.10-left-over", "c2.10-steps", "c2.10-predicted", "c2.10-front"),
        List.copyOf(figures.keySet()));
    figures.values().forEach(figure -> assertFalse(figure.data().isEmpty()));
  }
}
