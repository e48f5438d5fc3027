package dev.unrolling.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.Layer;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadTest {

  @Test
  void aSmallNetworkByHand() {
    // 3 x 4 x 4 -> conv 3x3, stride 2, padding 1 -> 2 x 2 x 2 -> 8 -> dense -> 5
    Architecture small =
        new Architecture(
            "small",
            List.of(3, 4, 4),
            5,
            List.of(
                new Layer.Convolution(3, 2, 3, 2, 1, true),
                new Layer.Relu(),
                new Layer.Flatten(),
                new Layer.Dense(8, 5, true)));
    long convolution = 2 * 2 * 2 * 3 * 3 * 3;
    long dense = 8 * 5;
    Workload work = Workload.of(small);
    assertEquals(convolution + dense, work.forward());
    assertEquals(convolution + 2 * dense, work.backward());
    assertEquals((2 * 48 + 2 * 8) + (2 * 8 + 2 * 5 + 8), work.values());
    assertEquals(2 * 27 + 2 + 8 * 5 + 5, work.weights());
    assertEquals(2.0 * 10 * (2 * convolution + 3 * dense), work.stepOperations(10));
    assertEquals(10 * 2.0 * work.values() + 3 * 4.0 * work.weights(), work.stepBytes(10, 2, 4));
  }

  @Test
  void aResidualHasBothItsPaths() {
    Layer first = new Layer.Convolution(1, 1, 1, 1, 0, false);
    Architecture one =
        new Architecture(
            "one",
            List.of(1, 2, 2),
            4,
            List.of(
                new Layer.Residual(List.of(first, first), List.of(first)), new Layer.Flatten()));
    assertEquals(12, Workload.of(one).forward());
    // The second of the body alone needs the gradient of its input.
    assertEquals(16, Workload.of(one).backward());
  }

  @Test
  void aResNet18OnCifarHasItsKnownCost() {
    // 0.56 billion multiply-adds an image, as is stated of this network everywhere.
    assertEquals(0.556e9, Workload.of(Architectures.resnet18(10)).forward(), 0.001e9);
  }

  @Test
  void wordsOfAnEngineAreNotCounted() {
    Architecture foreign =
        new Architecture(
            "foreign",
            List.of(4),
            2,
            List.of(new Layer.UserModel("dl4j", "{}", true, List.of(), List.of())));
    String message =
        assertThrows(IllegalArgumentException.class, () -> Workload.of(foreign)).getMessage();
    assertTrue(message.contains("engine dl4j"), message);
  }
}
