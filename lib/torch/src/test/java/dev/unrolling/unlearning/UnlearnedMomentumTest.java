package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.BatchOrder.Position;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.Removal.Divisor;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.CheckpointRecorder;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An unlearned model's momentum is without what was forgotten, so that it can be trained on. */
class UnlearnedMomentumTest {

  private static void assertVelocity(
      double first, double second, RecordedUnlearning method, ForgettingRecorder recorder) {
    try (Network unlearned = method.unlearnedNetwork(recorder)) {
      assertArrayEquals(
          new double[] {first, second},
          unlearned.saveState().velocity().toDoubleVector(),
          1e-15,
          method.displayName() + ", " + recorder.removal());
    }
  }

  @Test
  void theRunningSumByHand() {
    // Prediction w x + c, loss (w x + c - y)^2 / 2, A = (1, 1), B = (2, 0), start (0, 0), rate 0.1,
    // mu 0.5, steps A, B, A, B, where A is to be forgotten:
    //   g = (-1, -1)         v_1 = (-1, -1)         w_1 = (0.1, 0.1)
    //   g = (0.6, 0.3)       v_2 = (0.1, -0.2)      w_2 = (0.09, 0.12)
    //   g = (-0.79, -0.79)   v_3 = (-0.74, -0.89)   w_3 = (0.164, 0.209)
    //   g = (1.074, 0.537)   v_4 = (0.704, 0.092)
    // B's gradients alone: with A's steps skipped 0.5 (0.6, 0.3) + (1.074, 0.537) = (1.374, 0.687),
    // with zero gradients there 0.25 (0.6, 0.3) + (1.074, 0.537) = (1.224, 0.612).
    // A's gradient at the start, (-1, -1), has the share 0.5^3 + 0.5 in v_4.
    BatchOrder order =
        BatchOrder.fixed(Fixtures.twoPoints(), new int[] {1}, 1, 2)
            .withForgetBatch(Batch.of(Fixtures.twoPoints(), 0), Position.FIRST);
    SgdTrainer trainer =
        new SgdTrainer(Objective.squaredError(), Schedule.constant(0.1)).withMomentum(0.5);
    for (Removal removal :
        List.of(
            Removal.skippedStep(), Removal.zeroGradient(), Removal.point(0, Divisor.FULL_BATCH))) {
      try (Network network = Fixtures.lineAtZero(Fixtures.float64());
          ForgettingRecorder recorder = new ForgettingRecorder(network, order, trainer, removal);
          CheckpointRecorder visits =
              new CheckpointRecorder(recorder, CheckpointSpacing.everyStep());
          CheckpointRecorder start =
              new CheckpointRecorder(
                  recorder,
                  CheckpointSpacing.onlyAtStart(),
                  GradientFactor.MOMENTUM_CORRECTED,
                  Mode.TRAINING)) {
        trainer.train(network, order, recorder, visits, start);
        boolean skipped = removal instanceof Removal.SkippedStep;
        assertVelocity(
            skipped ? 1.374 : 1.224, skipped ? 0.687 : 0.612, new AmnesiacUnlearning(), recorder);
        assertVelocity(1.224, 0.612, new CheckpointedUnlearning(visits), recorder);
        assertVelocity(1.329, 0.717, new CheckpointedUnlearning(start), recorder);
        assertVelocity(1.329, 0.717, new SingleGradientUnlearning(), recorder);
        assertVelocity(
            1.329,
            0.717,
            new SingleGradientUnlearning(GradientFactor.MOMENTUM_CORRECTED),
            recorder);
      }
    }
  }

  /** Trains on the others for forty steps, and gives the verification error then. */
  private static double afterwards(SgdTrainer trainer, Network one, Network other) {
    BatchOrder others =
        BatchOrder.fixed(Fixtures.features(), IntStream.range(8, 48).toArray(), 8, 8);
    try (Network a = one.copy();
        Network b = other.copy()) {
      trainer.train(a, others);
      trainer.train(b, others);
      return VerificationError.value(a, b);
    }
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(strings = {"skipped", "zero", "point"})
  void goesOnBesideTheRetrainedModel(String omitted) {
    // Five others, then x*: right after the visit most of its gradient is still to come.
    BatchOrder order =
        BatchOrder.fixed(Fixtures.features(), IntStream.range(8, 48).toArray(), 8, 2)
            .withForgetBatch(
                Batch.of(Fixtures.features(), IntStream.range(0, 8).toArray()), Position.LAST);
    Removal removal =
        switch (omitted) {
          case "skipped" -> Removal.skippedStep();
          case "zero" -> Removal.zeroGradient();
          default -> Removal.point(3, Divisor.FULL_BATCH);
        };
    SgdTrainer trainer =
        new SgdTrainer(
                Objective.crossEntropy().withGamma(2).withWeightDecay(0.01),
                Schedule.constant(1e-4))
            .withMomentum(0.9);
    try (Network original = Fixtures.float64().network(Fixtures.linear(), 3);
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, removal);
        CheckpointRecorder visits =
            new CheckpointRecorder(
                recorder,
                CheckpointSpacing.everyStep(),
                GradientFactor.MOMENTUM_CORRECTED,
                Mode.TRAINING)) {
      trainer.trainInLockStep(original, retrained, order, removal, recorder, visits);
      double nothing = afterwards(trainer, original, retrained);
      for (RecordedUnlearning method :
          List.of(
              new SingleGradientUnlearning(GradientFactor.MOMENTUM_CORRECTED),
              new AmnesiacUnlearning(),
              new CheckpointedUnlearning(visits))) {
        String what = method.displayName() + ", " + omitted;
        try (Network unlearned = method.unlearnedNetwork(recorder);
            Network keeping = original.copy()) {
          try (ParameterVector w = unlearned.weights()) {
            keeping.setWeights(w);
          }
          double v = VerificationError.value(unlearned, retrained);
          double later = afterwards(trainer, unlearned, retrained);
          // It could have failed: with M's momentum it goes back to where doing nothing leads.
          double kept = afterwards(trainer, keeping, retrained);
          assertTrue(later < 10 * v, what + ": " + v + ", then " + later);
          assertTrue(later < 0.3 * nothing, what + ": " + later + " of " + nothing);
          assertTrue(kept > 0.5 * nothing, what + ": " + kept + " of " + nothing);
        }
      }
    }
  }

  @Test
  void aWholeBatchIsSeenAsMSawItAndAPointInTheModeOfTheRecorder() {
    BatchOrder order = Fixtures.order(Fixtures.images(), 4, 1, 1);
    SgdTrainer trainer =
        new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.1)).withMomentum(0.9);
    for (Removal removal : List.of(Removal.zeroGradient(), Removal.point(2, Divisor.FULL_BATCH))) {
      boolean point = removal instanceof Removal.WithoutPoint;
      try (Network network =
              Fixtures.float64().network(Architectures.tanhCnnWithBatchNorm(2, 10), 3);
          LossGradient expected =
              network.gradient(
                  removal.forgotten(order.forgetBatch()),
                  Objective.crossEntropy(),
                  point ? Mode.EVALUATION : Mode.TRAINING);
          ForgettingRecorder recorder =
              new ForgettingRecorder(network, order, trainer, removal, Mode.EVALUATION)) {
        StepListener check =
            new StepListener() {
              @Override
              public void afterStep(Step step, StepLosses losses) {
                if (step.forgetVisit()) {
                  ParameterVector put = recorder.putIntoVelocity().orElseThrow();
                  assertEquals(0, put.distance(expected.gradient()), 1e-15);
                }
              }
            };
        trainer.train(network, order, recorder, check);
      }
    }
  }

  @Test
  void theShareByHand() {
    // t = 4, visits at 0 and 2: 0.5^3 + 0.5; the visit at 4 is still to come.
    assertEquals(0.625, SingleGradientUnlearning.velocityShare(4, new int[] {0, 2, 4}, 0.5));
    assertEquals(0, SingleGradientUnlearning.velocityShare(0, new int[] {0}, 0.5));
    // Without momentum only a visit of the last step is in the sum.
    assertEquals(1, SingleGradientUnlearning.velocityShare(3, new int[] {1, 2}, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> SingleGradientUnlearning.velocityShare(3, new int[] {1}, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> SingleGradientUnlearning.velocityShare(3, new int[] {-1}, 0.5));
    assertThrows(
        IllegalArgumentException.class,
        () -> SingleGradientUnlearning.velocityShare(3, new int[] {1, 1}, 0.5));
    assertThrows(
        IllegalArgumentException.class,
        () -> SingleGradientUnlearning.velocityShare(-1, new int[] {1}, 0.5));
  }
}
