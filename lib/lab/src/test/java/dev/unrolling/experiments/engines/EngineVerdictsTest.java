package dev.unrolling.experiments.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.RealData;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Runner;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class EngineVerdictsTest {

  private static Engine engine(String name, Precision precision) {
    return Engines.open(name, "cpu", precision);
  }

  /** E1 of a tiny smooth network, four steps, measured after each second. */
  private static Table fineTuning(String engine, double rate) {
    return new Runner(
            engine(engine, Precision.FLOAT64),
            DataSets.only(RealData.cifar10Train(), RealData.cifar10Test()),
            text -> {})
        .run(
            new FineTuning(),
            List.of(
                SettingsJson.with(
                    FineTuningSettings.authors(),
                    "model",
                    "tanh-cnn-2",
                    "examples",
                    32,
                    "pretrainingEpochs",
                    0,
                    "batchSize",
                    16,
                    "epochs",
                    2,
                    "rate",
                    rate,
                    "testExamples",
                    50,
                    "measureEvery",
                    2)));
  }

  private static Table scaled(Table table, String column, double factor) {
    Table wrong = table.copy();
    wrong.replaceColumn(
        column, wrong.numberColumn(column).asDoubleColumn().multiply(factor).setName(column));
    return wrong;
  }

  private static Outcome verdict(Table first, Table second) {
    return EngineVerdicts.fineTuningAgrees("test", EngineComparison.fineTuning(first, second))
        .outcome();
  }

  @Test
  void theEnginesAgreeOnFineTuningAndWrongNumbersDoNot() {
    Table torch = fineTuning("torch", 0.1);
    Table dl4j = fineTuning("dl4j", 0.1);
    Verdict verdict =
        EngineVerdicts.fineTuningAgrees("E1", EngineComparison.fineTuning(torch, dl4j));
    assertEquals(Outcome.HOLDS, verdict.outcome(), verdict.evidence());
    assertTrue(verdict.evidence().contains("over 2 measurements"), verdict.evidence());
    assertEquals(Outcome.FAILS, verdict(torch, scaled(dl4j, "v_single_gradient", 1 + 1e-5)));
    assertEquals(Outcome.FAILS, verdict(torch, scaled(dl4j, "norm_dw", -1)));
    assertEquals(Outcome.FAILS, verdict(scaled(torch, "sigma", 1.001), dl4j));
    assertEquals(Outcome.FAILS, verdict(scaled(torch, "e", Double.NaN), dl4j));
    assertEquals(
        Outcome.UNDECIDED,
        verdict(torch.where(torch.intColumn("step").isLessThan(2)), dl4j.emptyCopy()));
    // The same numbers at another rate are not the same experiment.
    Table elsewhere = scaled(dl4j, "rate", 2);
    assertTrue(
        assertThrows(
                IllegalArgumentException.class, () -> EngineComparison.fineTuning(torch, elsewhere))
            .getMessage()
            .contains("\"rate\""));
  }

  @Test
  void anEngineIsNotComparedWithItself() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> training("dl4j", Precision.FLOAT64))
            .getMessage();
    assertTrue(message.contains("--set second=NAME"), message);
  }

  private static Table training(Precision precision) {
    return training("torch", precision);
  }

  /** Four steps of a rectified network with batch norm. */
  private static Table training(String engine, Precision precision) {
    return new Runner(
            engine(engine, precision),
            DataSets.only(RealData.cifar10Train(), RealData.cifar10Test()),
            text -> {})
        .run(
            new EngineTraining(),
            List.of(
                SettingsJson.with(
                    EngineTraining.Settings.of(Scale.SMOKE),
                    "model",
                    "resnet8-4",
                    "examples",
                    64,
                    "batchSize",
                    16)));
  }

  @Test
  void theEnginesTrainToTheSameWeightsAndLargerRoundingIsTold() {
    Table run = training(Precision.FLOAT64);
    Verdict verdict = EngineVerdicts.trainingAgrees("training", run);
    assertEquals(Outcome.HOLDS, verdict.outcome(), verdict.evidence());
    assertEquals(4, run.rowCount());
    // What is compared is two computations.
    assertTrue(run.doubleColumn("weights_difference").max() > 0);
    Verdict coarse = EngineVerdicts.trainingAgrees("training", training(Precision.FLOAT32));
    assertEquals(Outcome.FAILS, coarse.outcome(), coarse.evidence());
  }
}
