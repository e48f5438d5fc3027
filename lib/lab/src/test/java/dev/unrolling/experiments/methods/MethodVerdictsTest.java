package dev.unrolling.experiments.methods;

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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
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
  }

  private static long cost(String method) {
    return (long) Tables.at(Tables.where(LAST, "method", method), "gradients", 0);
  }

  @Test
  void figuresShowEachMethod() {
    Map<String, Figure> figures = MethodFigures.all(MEASURED);
    assertEquals(
        List.of("c2.10-left-over", "c2.10-steps", "c2.10-predicted"),
        List.copyOf(figures.keySet()));
    figures.values().forEach(figure -> assertFalse(figure.data().isEmpty()));
  }
}
