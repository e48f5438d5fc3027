package dev.unrolling.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Objective;
import org.junit.jupiter.api.Test;

class RemovalTest {

  private final Batch batch =
      Batch.of(Fixtures.tiny(new double[][] {{1}, {2}, {3}, {4}}, 0, 1, 0, 1), 0, 2, 3);
  private final Objective decayed = Objective.crossEntropy().withWeightDecay(0.1);

  @Test
  void aSkippedStepForgetsTheWholeUpdate() {
    Removal removal = Removal.skippedStep();
    assertTrue(removal.retrainedBatch(batch).isEmpty());
    assertEquals(batch, removal.forgotten(batch));
    assertEquals(decayed, removal.forgottenObjective(decayed));
  }

  @Test
  void aZeroGradientForgetsTheDataOnly() {
    Removal removal = Removal.zeroGradient();
    Batch rest = removal.retrainedBatch(batch).orElseThrow();
    assertEquals(0, rest.size());
    assertEquals(3, rest.averagedOver());
    assertEquals(batch, removal.forgotten(batch));
    assertEquals(Objective.crossEntropy(), removal.forgottenObjective(decayed));
  }

  @Test
  void aPointLeavesTheRestWithEitherDivisor() {
    Removal kept = Removal.point(2, Removal.Divisor.FULL_BATCH);
    Removal fewer = Removal.point(2, Removal.Divisor.REMAINING);
    assertArrayEquals(new int[] {0, 3}, kept.retrainedBatch(batch).orElseThrow().indices());
    assertEquals(3, kept.retrainedBatch(batch).orElseThrow().averagedOver());
    assertEquals(2, fewer.retrainedBatch(batch).orElseThrow().averagedOver());
    for (Removal removal : new Removal[] {kept, fewer}) {
      assertArrayEquals(new int[] {2}, removal.forgotten(batch).indices());
      assertEquals(3, removal.forgotten(batch).averagedOver());
      assertEquals(0, removal.forgottenObjective(decayed).weightDecay());
    }
  }

  @Test
  void aPointMustBeInTheBatch() {
    Removal removal = Removal.point(1, Removal.Divisor.FULL_BATCH);
    assertThrows(IllegalArgumentException.class, () -> removal.retrainedBatch(batch));
  }
}
