package dev.unrolling.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Objective;
import org.junit.jupiter.api.Test;

class OmissionTest {

  private final Batch batch =
      Batch.of(Fixtures.tiny(new double[][] {{1}, {2}, {3}, {4}}, 0, 1, 0, 1), 0, 2, 3);
  private final Objective decayed = Objective.crossEntropy().withWeightDecay(0.1);

  @Test
  void aSkippedStepForgetsTheWholeUpdate() {
    Omission omission = Omission.skippedStep();
    assertTrue(omission.retrainedBatch(batch).isEmpty());
    assertEquals(batch, omission.forgotten(batch));
    assertEquals(decayed, omission.forgottenObjective(decayed));
  }

  @Test
  void aZeroGradientForgetsTheDataOnly() {
    Omission omission = Omission.zeroGradient();
    Batch rest = omission.retrainedBatch(batch).orElseThrow();
    assertEquals(0, rest.size());
    assertEquals(3, rest.averagedOver());
    assertEquals(batch, omission.forgotten(batch));
    assertEquals(Objective.crossEntropy(), omission.forgottenObjective(decayed));
  }

  @Test
  void aPointLeavesTheRestWithEitherDivisor() {
    Omission kept = Omission.point(2, Omission.Divisor.FULL_BATCH);
    Omission fewer = Omission.point(2, Omission.Divisor.REMAINING);
    assertArrayEquals(new int[] {0, 3}, kept.retrainedBatch(batch).orElseThrow().indices());
    assertEquals(3, kept.retrainedBatch(batch).orElseThrow().averagedOver());
    assertEquals(2, fewer.retrainedBatch(batch).orElseThrow().averagedOver());
    for (Omission omission : new Omission[] {kept, fewer}) {
      assertArrayEquals(new int[] {2}, omission.forgotten(batch).indices());
      assertEquals(3, omission.forgotten(batch).averagedOver());
      assertEquals(0, omission.forgottenObjective(decayed).weightDecay());
    }
  }

  @Test
  void aPointMustBeInTheBatch() {
    Omission omission = Omission.point(1, Omission.Divisor.FULL_BATCH);
    assertThrows(IllegalArgumentException.class, () -> omission.retrainedBatch(batch));
  }
}
