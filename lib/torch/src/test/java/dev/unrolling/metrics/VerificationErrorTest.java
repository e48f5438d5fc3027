package dev.unrolling.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.curvature.DenseSpace;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Layer;
import dev.unrolling.training.Fixtures;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.nd4j.linalg.factory.Nd4j;

class VerificationErrorTest {

  @Test
  void isTheEuclideanDistanceOfWeights() {
    DenseSpace space = new DenseSpace();
    try (ParameterVector unlearned = space.vector(1, 2, 3);
        ParameterVector retrained = space.vector(4, 6, 3)) {
      assertEquals(5, VerificationError.value(unlearned, retrained), 1e-15);
      assertEquals(5, ForgettingDistance.value(unlearned, retrained), 1e-15);
      assertEquals(0, VerificationError.value(unlearned, unlearned));
    }
    assertEquals(0, space.open());
  }

  @Test
  void readsTheWeightsOfNetworks() {
    try (Network one = Fixtures.lineAtZero(Fixtures.float64());
        Network other = one.copy();
        ParameterVector w = one.vector(Nd4j.createFromArray(new double[] {5, -12}))) {
      assertEquals(0, VerificationError.value(one, other));
      other.setWeights(w);
      assertEquals(13, VerificationError.value(one, other), 1e-15);
      assertEquals(13, ForgettingDistance.value(other, one), 1e-15);
    }
  }

  @Test
  void weightsOfAnotherArchitectureAreNotTheSameThing() {
    // As many weights as a line, but what comes out of it is bent.
    Architecture bent =
        new Architecture(
            "bent", List.of(1), 1, List.of(new Layer.Dense(1, 1, true), new Layer.Tanh()));
    try (Network one = Fixtures.lineAtZero(Fixtures.float64());
        Network other = Fixtures.float64().network(bent, 1)) {
      for (Executable comparison :
          List.<Executable>of(
              () -> VerificationError.value(one, other),
              () -> ForgettingDistance.value(one, other),
              () -> RunningStatistics.distance(one, other),
              () ->
                  LipschitzConstant.onSegment(
                      one, other, Fixtures.twoPoints(), new int[] {0}, 1))) {
        String message = assertThrows(IllegalArgumentException.class, comparison).getMessage();
        assertTrue(message.contains("bent"), message);
      }
    }
  }
}
