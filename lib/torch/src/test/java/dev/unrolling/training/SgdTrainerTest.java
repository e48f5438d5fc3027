package dev.unrolling.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.Layer;
import dev.unrolling.training.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SgdTrainerTest {

  private static final Objective SQUARED = Objective.squaredError();
  private static final SgdTrainer TRAINER =
      new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.05));

  /** A, B, A, B of {@link Fixtures#twoPoints()}; A is to be forgotten. */
  private static BatchOrder twoEpochs() {
    return BatchOrder.fixed(Fixtures.twoPoints(), new int[] {1}, 1, 2)
        .withForgetBatch(Batch.of(Fixtures.twoPoints(), 0), BatchOrder.Position.FIRST);
  }

  private static void assertWeights(Network network, double... expected) {
    try (ParameterVector weights = network.weights()) {
      assertArrayEquals(expected, weights.toArray().toDoubleVector(), 1e-15);
    }
  }

  @Test
  void aQuadraticByHand() {
    // Prediction w x + c, loss (w x + c - y)^2 / 2, rate 0.1, from (w, c) = (0, 0):
    // A (1, 1): residual -1, gradient (-1, -1)       -> (0.1, 0.1)
    // B (2, 0): residual 0.3, gradient (0.6, 0.3)    -> (0.04, 0.07)
    // A: residual -0.89, gradient (-0.89, -0.89)     -> (0.129, 0.159)
    // B: residual 0.417, gradient (0.834, 0.417)     -> (0.0456, 0.1173)
    try (Network network = Fixtures.lineAtZero(Fixtures.float64())) {
      TrainingTrace trace =
          new SgdTrainer(SQUARED, Schedule.constant(0.1)).train(network, twoEpochs());
      assertWeights(network, 0.0456, 0.1173);
      double[] losses = {0.5, 0.045, 0.89 * 0.89 / 2, 0.417 * 0.417 / 2};
      for (int i = 0; i < losses.length; i++) {
        assertEquals(losses[i], trace.losses().get(i), 1e-15);
        assertEquals(0.1, trace.rates().get(i));
      }
      assertEquals(List.of(), trace.retrainedLosses());
    }
  }

  @Test
  void momentumByHand() {
    // As above with momentum 0.5: after A, u = (-1, -1) and w = (0.1, 0.1); at B the residual is
    // 0.3, u = (-0.5, -0.5) + (0.6, 0.3) = (0.1, -0.2) and w = (0.09, 0.12). M' with a zero
    // gradient
    // at A stays at 0, where B has residual 0.
    try (Network original = Fixtures.lineAtZero(Fixtures.float64());
        Network retrained = original.copy()) {
      BatchOrder oneEpoch =
          BatchOrder.fixed(Fixtures.twoPoints(), new int[] {1}, 1, 1)
              .withForgetBatch(Batch.of(Fixtures.twoPoints(), 0), BatchOrder.Position.FIRST);
      TrainingTrace trace =
          new SgdTrainer(SQUARED, Schedule.constant(0.1))
              .withMomentum(0.5)
              .trainInLockStep(original, retrained, oneEpoch, Removal.zeroGradient());
      assertWeights(original, 0.09, 0.12);
      assertWeights(retrained, 0, 0);
      assertEquals(List.of(0., 0.), trace.retrainedLosses());
    }
  }

  @Test
  void theRateFollowsTheSchedule() {
    // Rates 0.1 and then 0.01: (0.04, 0.07) after the first epoch, then
    // A: residual -0.89 -> (0.0489, 0.0789); B: residual 0.1767 -> (0.045366, 0.077133).
    try (Network network = Fixtures.lineAtZero(Fixtures.float64())) {
      TrainingTrace trace =
          new SgdTrainer(SQUARED, Schedule.stepDecay(0.1, 0.1, 1)).train(network, twoEpochs());
      assertWeights(network, 0.045366, 0.077133);
      assertEquals(List.of(0.1, 0.1), trace.rates().subList(0, 2));
      assertEquals(0.01, trace.rates().get(2), 1e-17);
    }
  }

  @Test
  void lockStepWalksEachModelAsIfAlone() {
    BatchOrder order = Fixtures.order(Fixtures.images(), 4, 3, 2);
    BatchOrder without =
        BatchOrder.fixed(Fixtures.images(), IntStream.range(4, 16).toArray(), 4, 2);
    SgdTrainer trainer = TRAINER.withMomentum(0.9);
    try (Network original = Fixtures.float64().network(Fixtures.tanh(), 1);
        Network retrained = original.copy();
        Network alone = original.copy();
        Network onRest = original.copy();
        Network again = original.copy()) {
      TrainingTrace both =
          trainer.trainInLockStep(original, retrained, order, Removal.skippedStep());
      TrainingTrace one = trainer.train(alone, order);
      trainer.train(onRest, without);
      trainer.retrain(again, order, Removal.skippedStep(), order.steps());
      assertTrue(Fixtures.sameBits(alone.saveState(), original.saveState()));
      assertTrue(Fixtures.sameBits(onRest.saveState(), retrained.saveState()));
      assertTrue(Fixtures.sameBits(again.saveState(), retrained.saveState()));
      assertEquals(one.losses(), both.losses());
      for (int step = 0; step < order.steps(); step++) {
        assertEquals(order.isForgetVisit(step), both.retrainedLosses().get(step).isNaN());
      }
    }
  }

  @Test
  void aPointIsLeftOutOfItsBatch() {
    BatchOrder order = Fixtures.order(Fixtures.images(), 4, 1, 1);
    try (Network original = Fixtures.float64().network(Fixtures.tanh(), 1);
        Network retrained = original.copy();
        Network expected = original.copy()) {
      TRAINER.trainInLockStep(
          original, retrained, order, Removal.point(2, Removal.Divisor.FULL_BATCH));
      SgdTrainer alone = TRAINER;
      for (Batch batch : List.of(order.batch(0).without(2).averagedOver(4), order.batch(1))) {
        try (LossGradient g = expected.gradient(batch, alone.objective(0), Mode.TRAINING);
            ParameterVector w = expected.weights()) {
          expected.setWeights(w.addInPlace(-0.05, g.gradient()));
        }
      }
      try (ParameterVector w = retrained.weights();
          ParameterVector v = expected.weights()) {
        assertEquals(0, w.distance(v), 1e-14);
      }
    }
  }

  @Test
  void listenersSeeEachStepBeforeAndAfter() {
    BatchOrder order = twoEpochs();
    List<String> calls = new ArrayList<>();
    List<Double> firstWeight = new ArrayList<>();
    StepListener listener =
        new StepListener() {
          @Override
          public void beforeStep(Step step) {
            calls.add("before " + step.index() + (step.forgetVisit() ? " visit" : ""));
            note(step);
          }

          @Override
          public void afterStep(Step step, StepLosses losses) {
            calls.add("after " + step.stepsDone() + " of epoch " + step.epoch());
            assertEquals(step.forgetVisit(), losses.retrained().isEmpty());
            assertEquals(order.batch(step.index()), step.batch());
            note(step);
          }

          private void note(Step step) {
            try (ParameterVector w = step.network().weights()) {
              firstWeight.add(w.toArray().getDouble(0));
            }
          }
        };
    StepListener second =
        new StepListener() {
          @Override
          public void afterStep(Step step, StepLosses losses) {
            calls.add("second");
          }
        };
    try (Network original = Fixtures.lineAtZero(Fixtures.float64());
        Network retrained = original.copy()) {
      new SgdTrainer(SQUARED, Schedule.constant(0.1))
          .trainInLockStep(original, retrained, order, Removal.skippedStep(), listener, second);
    }
    assertEquals(
        List.of(
            "before 0 visit",
            "after 1 of epoch 0",
            "second",
            "before 1",
            "after 2 of epoch 0",
            "second",
            "before 2 visit",
            "after 3 of epoch 1",
            "second",
            "before 3",
            "after 4 of epoch 1",
            "second"),
        calls);
    double[] expected = {0, 0.1, 0.1, 0.04, 0.04, 0.129, 0.129, 0.0456};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], firstWeight.get(i), 1e-15);
    }
  }

  @Test
  void theTwoModelsMustStartTogether() {
    try (Network original = Fixtures.float64().network(Fixtures.linear(), 1);
        Network other = Fixtures.float64().network(Fixtures.linear(), 2)) {
      BatchOrder order = Fixtures.order(Fixtures.features(), 4, 1, 1);
      IllegalArgumentException error =
          assertThrows(
              IllegalArgumentException.class,
              () -> TRAINER.trainInLockStep(original, other, order, Removal.skippedStep()));
      assertTrue(error.getMessage().contains("original.copy()"));
    }
  }

  @Test
  void lockStepNeedsSomethingToForget() {
    try (Network network = Fixtures.lineAtZero(Fixtures.float64());
        Network twin = network.copy()) {
      BatchOrder order = BatchOrder.fixed(Fixtures.twoPoints(), new int[] {0, 1}, 1, 1);
      assertThrows(
          IllegalStateException.class,
          () -> TRAINER.trainInLockStep(network, twin, order, Removal.skippedStep()));
      assertThrows(
          IllegalStateException.class,
          () -> TRAINER.retrain(network, order, Removal.skippedStep(), 1));
    }
  }

  @Test
  void progressIsReportedWhenLossesAreRead() {
    List<Integer> reports = new ArrayList<>();
    try (Network network = Fixtures.lineAtZero(Fixtures.float64())) {
      BatchOrder order = BatchOrder.fixed(Fixtures.twoPoints(), new int[] {0, 1}, 1, 5);
      new SgdTrainer(SQUARED, Schedule.constant(0.1))
          .withCheckEvery(4)
          .withProgress(
              (done, of, loss) -> {
                assertEquals(10, of);
                assertTrue(Double.isFinite(loss));
                reports.add(done);
              })
          .train(network, order);
    }
    assertEquals(List.of(4, 8, 10), reports);
  }

  @Test
  void oneSeedGivesTheSameBitsOnASmoothNetworkInFloat64() {
    assertRepeats(Fixtures.float64(), Fixtures.tanh());
  }

  @Test
  void oneSeedGivesTheSameBitsOnAResNetInFloat32() {
    assertRepeats(Fixtures.float32(), Architectures.resnet8(4, 10));
  }

  private static void assertRepeats(Engine engine, Architecture architecture) {
    NetworkState[] states = new NetworkState[2];
    List<TrainingTrace> traces = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      BatchOrder order =
          BatchOrder.shuffled(Fixtures.images(), IntStream.range(0, 64).toArray(), 16, 2, 99);
      try (Network network = engine.network(architecture, 7)) {
        traces.add(TRAINER.withMomentum(0.9).train(network, order));
        states[run] = network.saveState();
      }
    }
    assertTrue(Fixtures.sameBits(states[0], states[1]));
    assertEquals(traces.get(0), traces.get(1));
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> TRAINER.withMomentum(1));
    assertThrows(IllegalArgumentException.class, () -> TRAINER.withMomentum(-0.1));
    assertThrows(IllegalArgumentException.class, () -> TRAINER.withCheckEvery(0));
    assertThrows(IllegalArgumentException.class, () -> TRAINER.withFirstStep(-1));
  }

  /** 9 examples in batches of 8 leave one, which a batch norm of features cannot normalise. */
  @Test
  void aRemainderOfOneUnderBatchNormIsRefusedBeforeTheFirstStep() {
    Architecture architecture =
        new Architecture(
            "norm of features",
            List.of(48),
            10,
            List.of(
                new Layer.Dense(48, 4, true),
                new Layer.BatchNorm(4),
                new Layer.Dense(4, 10, true)));
    BatchOrder order = BatchOrder.fixed(Fixtures.features(), IntStream.range(0, 9).toArray(), 8, 2);
    SgdTrainer trainer = new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.1));
    try (Network network = Fixtures.float32().network(architecture, 1)) {
      NetworkState before = network.saveState();
      String message =
          assertThrows(IllegalArgumentException.class, () -> trainer.train(network, order))
              .getMessage();
      assertTrue(message.contains("step 1 (epoch 0)"), message);
      assertTrue(message.contains("layer 2 of 3, BatchNorm[channels=4]"), message);
      assertTrue(Fixtures.sameBits(before, network.saveState()));
      // What M' is left with once a point is taken out counts too; a step it skips does not.
      BatchOrder pairs =
          BatchOrder.fixed(Fixtures.features(), new int[] {2, 3, 4, 5}, 2, 1)
              .withForgetBatch(Batch.of(Fixtures.features(), 0, 1), BatchOrder.Position.LAST);
      Removal point = Removal.point(1, Removal.Divisor.REMAINING);
      message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> trainer.retrain(network, pairs, point, pairs.steps()))
              .getMessage();
      assertTrue(message.contains("step 2 (epoch 0)"), message);
      assertTrue(Fixtures.sameBits(before, network.saveState()));
      trainer.retrain(network, pairs, Removal.skippedStep(), pairs.steps());
    }
  }
}
