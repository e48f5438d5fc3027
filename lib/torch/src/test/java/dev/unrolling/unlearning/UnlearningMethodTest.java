package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.metrics.ForgettingDistance;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.Removal.Divisor;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.saved.SavePolicy;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.baselines.GradientAscentUnlearning;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnlearningMethodTest {

  /** A, B, A, B of the two points, where A is to be forgotten. */
  private static BatchOrder twoEpochs() {
    return BatchOrder.fixed(Fixtures.twoPoints(), new int[] {1}, 1, 2)
        .withForgetBatch(Batch.of(Fixtures.twoPoints(), 0), BatchOrder.Position.FIRST);
  }

  @Test
  void amnesiacAndSingleGradientOnAQuadraticByHand() {
    // Prediction w x + c, loss (w x + c - y)^2 / 2, A = (1, 1), B = (2, 0), rate 0.1, start (0, 0):
    //   w_1 = (0.1, 0.1)       A took (-0.1, -0.1)
    //   w_2 = (0.04, 0.07)
    //   w_3 = (0.129, 0.159)   A took (-0.089, -0.089)
    //   w_4 = (0.0456, 0.1173)
    // M' sees B only, whose residual at 0 is 0: w' = (0, 0).
    // Amnesiac: w'' = (0.0456 - 0.189, 0.1173 - 0.189) = (-0.1434, -0.0717), v = 0.0717 sqrt 5.
    // Single gradient: g = (-1, -1), factor 0.2: w'' = (-0.1544, -0.0827), v = sqrt 0.03067865.
    Removal removal = Removal.skippedStep();
    SgdTrainer trainer = new SgdTrainer(Objective.squaredError(), Schedule.constant(0.1));
    BatchOrder order = twoEpochs();
    try (Network original = Fixtures.lineAtZero(Fixtures.float64());
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, removal)) {
      trainer.trainInLockStep(original, retrained, order, removal, recorder);
      try (ParameterVector amnesiac = new AmnesiacUnlearning().unlearnedWeights(recorder);
          ParameterVector single = new SingleGradientUnlearning().unlearnedWeights(recorder);
          ParameterVector w = retrained.weights()) {
        assertArrayEquals(
            new double[] {-0.1434, -0.0717}, amnesiac.toArray().toDoubleVector(), 1e-15);
        assertEquals(0.0717 * Math.sqrt(5), VerificationError.value(amnesiac, w), 1e-15);
        assertArrayEquals(
            new double[] {-0.1544, -0.0827}, single.toArray().toDoubleVector(), 1e-15);
        assertEquals(Math.sqrt(0.03067865), VerificationError.value(single, w), 1e-15);
      }
      assertEquals(Math.hypot(0.0456, 0.1173), recorder.movement(), 1e-15);
      assertEquals(
          Math.hypot(0.0456, 0.1173), ForgettingDistance.value(original, retrained), 1e-15);
    }
  }

  @Test
  void retrainingLeavesTheCheckpointAndTheProgressOfTheRunAlone(@TempDir Path folder)
      throws IOException {
    AtomicInteger reports = new AtomicInteger();
    Path file = folder.resolve("run.checkpoint");
    Removal removal = Removal.skippedStep();
    SgdTrainer trainer =
        new SgdTrainer(Objective.squaredError(), Schedule.constant(0.1))
            .withProgress((done, of, loss) -> reports.incrementAndGet())
            .withSavePolicy(new SavePolicy(file, 2, "by hand"));
    BatchOrder order = twoEpochs();
    try (Network original = Fixtures.lineAtZero(Fixtures.float64());
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, removal)) {
      trainer.trainInLockStep(original, retrained, order, removal, recorder);
      byte[] saved = Files.readAllBytes(file);
      int reported = reports.get();
      assertTrue(reported > 0);
      new Retraining().unlearnedWeights(recorder).close();
      assertArrayEquals(saved, Files.readAllBytes(file));
      assertEquals(reported, reports.get());
    }
  }

  @Test
  void aPointOnAQuadraticByHand() {
    // Batches {A, B} and B in each epoch, A to be forgotten from the first, rate 0.1, start (0, 0):
    //   A's share 0.05 (-1, -1), B's 0:                w_1 = (0.05, 0.05)
    //   B has residual 0.15:                           w_2 = (0.02, 0.035)
    //   A's share 0.05 (-0.945, -0.945) = -0.04725 each, B's 0.05 (0.15, 0.075):
    //                                                  w_3 = (0.05975, 0.0785)
    //   B has residual 0.198:                          w_4 = (0.02015, 0.0587)
    // M' sees B only: w' = (0, 0). Amnesiac adds (-0.09725, -0.09725), single gradient (-0.1,
    // -0.1).
    Batch both = Batch.of(Fixtures.twoPoints(), 0, 1);
    BatchOrder order =
        BatchOrder.fixed(both.dataset(), new int[] {1}, 1, 2)
            .withForgetBatch(both, BatchOrder.Position.FIRST);
    Removal removal = Removal.point(0, Divisor.FULL_BATCH);
    SgdTrainer trainer = new SgdTrainer(Objective.squaredError(), Schedule.constant(0.1));
    try (Network original = Fixtures.lineAtZero(Fixtures.float64());
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, removal)) {
      trainer.trainInLockStep(original, retrained, order, removal, recorder);
      assertWeights(new AmnesiacUnlearning(), recorder, -0.0771, -0.03855);
      assertWeights(new SingleGradientUnlearning(), recorder, -0.07985, -0.0413);
      assertWeights(new Retraining(), recorder, 0, 0);
    }
  }

  private static void assertWeights(
      RecordedUnlearning method, ForgettingRecorder recorder, double... expected) {
    try (ParameterVector w = method.unlearnedWeights(recorder)) {
      assertArrayEquals(expected, w.toArray().toDoubleVector(), 1e-15, method.displayName());
    }
  }

  @Test
  void eachHasANameForSettingsAndOneForTables() {
    Map<UnlearningMethod, List<String>> names =
        Map.of(
            new SingleGradientUnlearning(),
            List.of("single-gradient", "single gradient"),
            new SingleGradientUnlearning(GradientFactor.MOMENTUM_CORRECTED),
            List.of("single-gradient-momentum", "single gradient, corrected for momentum"),
            new AmnesiacUnlearning(),
            List.of("amnesiac", "amnesiac"),
            new Retraining(),
            List.of("retraining", "retraining"),
            new TrajectoryUnlearning(),
            List.of("trajectory", "along the trajectory"),
            new KrylovUnlearning(),
            List.of("krylov", "one Hessian"),
            new FineTuningUnlearning(),
            List.of("fine-tuning", "fine-tuning on what stays"),
            new GradientAscentUnlearning(),
            List.of("gradient-ascent", "gradient ascent"));
    names.forEach(
        (method, expected) -> assertEquals(expected, List.of(method.name(), method.displayName())));
  }

  @Test
  void amnesiacTakesBackWhatOneVisitTookExactly() {
    // With the visit as the only step, M'' is w_0 again.
    BatchOrder order = Fixtures.order(Fixtures.images(), 4, 1, 1);
    SgdTrainer trainer = new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.1));
    try (Network network = Fixtures.float64().network(Fixtures.tanh(), 1);
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, Removal.skippedStep())) {
      StepListener check =
          new StepListener() {
            @Override
            public void afterStep(Step step, StepLosses losses) {
              if (step.index() == 0) {
                try (ParameterVector w = new AmnesiacUnlearning().unlearnedWeights(recorder)) {
                  assertTrue(recorder.movement() > 1e-3);
                  assertEquals(0, w.distance(recorder.startWeights()), 1e-15);
                }
              }
            }
          };
      trainer.train(network, order, recorder, check);
    }
  }

  @Test
  void retrainingHasNoVerificationErrorOnASmoothNetwork() {
    assertRetrainingIsExact(Fixtures.float64(), Fixtures.tanh(), Removal.skippedStep(), 0);
    assertRetrainingIsExact(Fixtures.float64(), Fixtures.tanh(), Removal.zeroGradient(), 0.9);
    assertRetrainingIsExact(
        Fixtures.float64(), Fixtures.tanh(), Removal.point(1, Divisor.REMAINING), 0);
  }

  @Test
  void retrainingHasNoVerificationErrorOnAResNet() {
    assertRetrainingIsExact(
        Fixtures.float32(), Architectures.resnet8(4, 10), Removal.skippedStep(), 0.9);
  }

  private static void assertRetrainingIsExact(
      Engine engine, Architecture architecture, Removal removal, double momentum) {
    BatchOrder order = Fixtures.order(Fixtures.images(), 4, 2, 2);
    SgdTrainer trainer =
        new SgdTrainer(Objective.crossEntropy(), Schedule.stepDecay(0.05, 0.5, 1))
            .withMomentum(momentum);
    try (Network original = engine.network(architecture, 3);
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, removal)) {
      // At each step on the way, not only at the end.
      StepListener check =
          new StepListener() {
            @Override
            public void afterStep(Step step, StepLosses losses) {
              if (step.stepsDone() % 3 == 0) {
                try (Network again = new Retraining().unlearnedNetwork(recorder)) {
                  assertEquals(0, VerificationError.value(again, retrained));
                  assertTrue(Fixtures.sameBits(again.saveState(), retrained.saveState()));
                }
              }
            }
          };
      trainer.trainInLockStep(original, retrained, order, removal, recorder, check);
      // It could have failed: the models differ, and other methods are not exact.
      assertTrue(ForgettingDistance.value(original, retrained) > 1e-3);
      try (Network single = new SingleGradientUnlearning().unlearnedNetwork(recorder)) {
        assertTrue(VerificationError.value(single, retrained) > 1e-6);
      }
    }
  }

  @Test
  void anUnlearnedModelCarriesTheRunningStatisticsOfTheOriginal() {
    BatchOrder order = Fixtures.order(Fixtures.images(), 4, 2, 1);
    SgdTrainer trainer = new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.05));
    try (Network network = Fixtures.float32().network(Architectures.resnet8(2, 10), 3);
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, Removal.skippedStep())) {
      trainer.train(network, order, recorder);
      NetworkState before = network.saveState();
      for (RecordedUnlearning method :
          List.of(new SingleGradientUnlearning(), new AmnesiacUnlearning())) {
        try (Network unlearned = method.unlearnedNetwork(recorder);
            ParameterVector weights = method.unlearnedWeights(recorder)) {
          assertEquals(before.runningStatistics(), unlearned.saveState().runningStatistics());
          assertEquals(weights.toArray(), unlearned.saveState().weights());
        }
      }
      assertTrue(Fixtures.sameBits(before, network.saveState()));
    }
  }
}
