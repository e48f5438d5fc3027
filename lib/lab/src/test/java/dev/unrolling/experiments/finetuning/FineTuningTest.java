package dev.unrolling.experiments.finetuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.RealData;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiment.Runner;
import dev.unrolling.model.Architectures;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class FineTuningTest {

  private static final Engine ENGINE =
      Engines.open("torch", "cpu", Precision.FLOAT32).withThreads(1);
  private static final FineTuningSettings SMALL =
      SettingsJson.with(
          FineTuningSettings.of(Scale.SMOKE),
          "model",
          "resnet8-2",
          "examples",
          96,
          "testExamples",
          50,
          "measureEvery",
          4,
          "seed",
          3);

  private static Runner experiment() {
    return new Runner(
        ENGINE, DataSets.only(RealData.cifar10Train(), RealData.cifar10Test()), line -> {});
  }

  @Test
  void tableHoldsWhatWasMeasured() {
    Table table = experiment().run(new FineTuning(), List.of(SMALL));
    assertEquals(List.of(4, 8, 12), table.intColumn("step").asList());
    assertEquals(List.of(1, 2, 2), table.intColumn("visits").asList());
    // Up to the second visit, single gradient and amnesiac unlearning take back the same update.
    assertEquals(
        table.doubleColumn("v_amnesiac").get(0),
        table.doubleColumn("v_single_gradient").get(0),
        1e-5 * table.doubleColumn("v_amnesiac").get(0));
    for (int row = 0; row < 3; row++) {
      double e1 = table.doubleColumn("e1").get(row);
      assertEquals(e1 * 0.01, table.doubleColumn("e").get(row), 1e-12 * e1);
      assertTrue(table.doubleColumn("norm_dw").get(row) > 0);
    }
    assertTrue(table.doubleColumn("test_accuracy").isMissing(0));
    assertTrue(table.doubleColumn("test_accuracy").get(2) > 0);
  }

  /** As with a new optimizer: what pre-training's momentum still carries is not M's to walk. */
  @Test
  void fineTuningBeginsWithoutTheMomentumOfPretraining() {
    NetworkState moving;
    try (Network network = ENGINE.network(Architectures.named("resnet8-2", 10), 3)) {
      NetworkState still = network.saveState();
      moving = new NetworkState(still.weights(), still.runningStatistics(), still.weights().dup());
    }
    DataSets data = DataSets.only(RealData.cifar10Train(), RealData.cifar10Test());
    RunContext context =
        new RunContext(
            ENGINE,
            data,
            line -> {},
            "moving",
            Optional.empty(),
            Duration.ZERO,
            (settings, precision, work) -> moving,
            new Runner(ENGINE, data, line -> {}),
            1);
    NetworkState start =
        FineTuning.prepare(SettingsJson.with(SMALL, "momentum", 0.9), context).start();
    assertTrue(start.velocity().isEmpty(), "velocity " + start.velocity());
    assertEquals(moving.weights(), start.weights());
  }

  /** What a run costs, whatever the machine: M steps, M' steps but at visits. */
  @Test
  void aMeasurementTakesOneHessianAndFewProducts() {
    Map<String, Integer> calls = calls(SMALL);
    assertEquals(12 + 12 - 2, calls.get("step"), calls::toString);
    assertEquals(1, calls.get("gradient"), calls::toString);
    assertEquals(3, calls.get("hessian"), calls::toString);
    assertTrue(calls.get("apply") <= 3 * 10, calls::toString);
  }

  /** Twice the steps with as many visits and measurements: no more is asked of a network. */
  @Test
  void aStepBetweenMeasurementsCostsAStep() {
    Map<String, Integer> few = calls(SettingsJson.with(SMALL, "measureEvery", 12));
    Map<String, Integer> many =
        calls(SettingsJson.with(SMALL, "measureEvery", 24, "examples", 192));
    assertEquals(22, few.remove("step"));
    assertEquals(46, many.remove("step"));
    for (String numeric : List.of("apply", "size")) {
      few.remove(numeric);
      many.remove(numeric);
    }
    // The check for divergence, some steps apart, looks once more at M and M'.
    few.merge("weights", 2, Integer::sum);
    assertEquals(few, many);
  }

  private static Map<String, Integer> calls(FineTuningSettings settings) {
    Map<String, Integer> calls = new TreeMap<>();
    DataSets data = DataSets.only(RealData.cifar10Train(), RealData.cifar10Test());
    Runner runner = new Runner(ENGINE, data, line -> {});
    RunContext context =
        new RunContext(
            ENGINE,
            data,
            line -> {},
            "counted",
            Optional.empty(),
            Duration.ZERO,
            (shared, precision, work) -> {
              try (Network network = ENGINE.network(Architectures.named("resnet8-2", 10), 3)) {
                return network.saveState();
              }
            },
            runner,
            1);
    FineTuning.run(settings, context, network -> CallCounts.of(Network.class, network, calls));
    return calls;
  }

  @Test
  void runsAtOnceGiveTheSameBitsAsOneAfterAnother() {
    List<FineTuningSettings> settings =
        List.of(SMALL, SMALL.withGamma(5), SMALL.withRate(0.02), SMALL.withSeed(4));
    Table one = experiment().run(new FineTuning(), settings);
    Table two =
        new Runner(
                ENGINE.withThreads(2),
                DataSets.only(RealData.cifar10Train(), RealData.cifar10Test()),
                line -> {})
            .withRunsAtOnce(2)
            .run(new FineTuning(), settings);
    assertEquals(one.write().toString("csv"), two.write().toString("csv"));
  }

  @Test
  void gammaAndPretrainingChangeTheRun() {
    Table table =
        FineTuningVerdicts.lastRows(
            experiment()
                .run(
                    new FineTuning(),
                    List.of(SMALL, SMALL.withGamma(5), SMALL.withForgetBatchInPretraining(true))));
    assertEquals(3, table.doubleColumn("v_single_gradient").countUnique());
  }

  @Test
  void anInterruptEndsAllRuns() {
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread caller = Thread.currentThread();
    Runner stopped =
        new Runner(
                ENGINE,
                DataSets.only(RealData.cifar10Train(), RealData.cifar10Test()),
                line -> {
                  if (interrupted.compareAndSet(false, true)) {
                    caller.interrupt();
                  }
                })
            .withRunsAtOnce(2);
    assertThrows(
        CancellationException.class,
        () -> stopped.run(new FineTuning(), List.of(SMALL, SMALL.withSeed(9))));
  }

  @Test
  void stepsAreCountedAndRunsAtOnceChecked() {
    assertEquals(12, SMALL.steps());
    assertThrows(IllegalArgumentException.class, () -> experiment().withRunsAtOnce(0));
  }
}
