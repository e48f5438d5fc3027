package dev.unrolling.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Fixtures;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class NetworkDistancesTest {

  private static final int[] SOME = IntStream.range(0, 20).toArray();

  private static void train(Network network, int from, int steps) {
    for (int i = 0; i < steps; i++) {
      int[] indices = IntStream.range(from + 8 * i, from + 8 * (i + 1)).toArray();
      network.step(
          Batch.of(Fixtures.images(), indices), Objective.crossEntropy(), SgdStep.plain(0.05));
    }
  }

  @Test
  void aGapOfLogitsAtEqualWeightsComesFromTheStatistics() {
    try (Network unlearned = Fixtures.float64().network(Architectures.resnet8(2, 10), 1);
        Network retrained = unlearned.copy()) {
      train(unlearned, 100, 3);
      train(retrained, 200, 3);
      try (ParameterVector w = retrained.weights()) {
        unlearned.setWeights(w);
      }
      assertEquals(0, VerificationError.value(unlearned, retrained));
      assertTrue(RunningStatistics.distance(unlearned, retrained) > 1e-3);
      OutputDistances own = OutputDistances.between(unlearned, retrained, Fixtures.images(), SOME);
      assertTrue(own.meanLogitDistance() > 1e-3 && own.meanKl() > 0);
      OutputDistances equal =
          OutputDistances.atEqualStatistics(unlearned, retrained, Fixtures.images(), SOME);
      assertEquals(0, equal.largestLogitDistance());
      assertEquals(0, equal.meanKl());
      try (Network adapted = RunningStatistics.transplant(unlearned, retrained)) {
        assertEquals(0, RunningStatistics.distance(adapted, retrained));
        // The original keeps its own.
        assertTrue(RunningStatistics.distance(unlearned, retrained) > 1e-3);
      }
    }
  }

  @Test
  void withoutBatchNormStatisticsDoNotMatter() {
    try (Network one = Fixtures.float64().network(Fixtures.tanh(), 1);
        Network other = Fixtures.float64().network(Fixtures.tanh(), 2);
        Network resnet = Fixtures.float64().network(Architectures.resnet8(2, 10), 2)) {
      assertEquals(0, RunningStatistics.distance(one, other));
      assertEquals(
          OutputDistances.between(one, other, Fixtures.images(), SOME),
          OutputDistances.atEqualStatistics(one, other, Fixtures.images(), SOME));
      assertThrows(IllegalArgumentException.class, () -> RunningStatistics.distance(one, resnet));
      assertThrows(IllegalArgumentException.class, () -> RunningStatistics.transplant(one, resnet));
      // Two without statistics are of two architectures all the same.
      try (Network line = Fixtures.lineAtZero(Fixtures.float64())) {
        assertThrows(IllegalArgumentException.class, () -> RunningStatistics.transplant(one, line));
      }
      assertThrows(
          IllegalArgumentException.class,
          () -> OutputDistances.between(one, other, Fixtures.images(), new int[0]));
    }
  }

  @Test
  void agreesWithTheLogitsOfTheNetworks() {
    int[] many = IntStream.range(0, 510).toArray();
    try (Network one = Fixtures.float32().network(Fixtures.tanh(), 1);
        Network other = Fixtures.float32().network(Fixtures.tanh(), 2)) {
      double[][] z =
          one.logits(Batch.of(Fixtures.images(), many), Mode.EVALUATION).toDoubleMatrix();
      double[][] y =
          other.logits(Batch.of(Fixtures.images(), many), Mode.EVALUATION).toDoubleMatrix();
      int[] labels = Arrays.stream(many).map(Fixtures.images()::label).toArray();
      OutputDistances whole = OutputDistances.between(z, y, labels);
      OutputDistances found = OutputDistances.between(one, other, Fixtures.images(), many);
      assertEquals(510, found.examples());
      assertEquals(whole.meanLogitDistance(), found.meanLogitDistance(), 1e-6);
      assertEquals(whole.lossGap(), found.lossGap(), 1e-6);
    }
  }

  @Test
  void theLipschitzConstantOfALineByHand() {
    // The output of a line is w x + c: from (0, 0) to (3, 4), at x = 1 it moves by 7, at x = 2 by
    // 10, over a way of 5.
    try (Network retrained = Fixtures.lineAtZero(Fixtures.float64());
        Network unlearned = retrained.copy();
        ParameterVector w = retrained.vector(Nd4j.createFromArray(new double[] {3, 4}))) {
      unlearned.setWeights(w);
      LipschitzConstant k =
          LipschitzConstant.onSegment(
              unlearned, retrained, Fixtures.twoPoints(), new int[] {0, 1}, 4);
      assertEquals(2, k.largest(), 1e-12);
      assertEquals(1.7, k.mean(), 1e-12);
      assertEquals(5, k.verificationError(), 1e-12);
      LipschitzConstant none =
          LipschitzConstant.onSegment(
              retrained, retrained, Fixtures.twoPoints(), new int[] {0, 1}, 4);
      assertEquals(0, none.largest());
      assertThrows(
          IllegalArgumentException.class,
          () ->
              LipschitzConstant.onSegment(
                  unlearned, retrained, Fixtures.twoPoints(), new int[] {0}, 0));
    }
  }

  @Test
  void theConstantBoundsTheLogitDistanceAtEqualStatistics() {
    try (Network unlearned = Fixtures.float64().network(Architectures.resnet8(2, 10), 1);
        Network retrained = unlearned.copy()) {
      train(unlearned, 100, 4);
      train(retrained, 200, 4);
      OutputDistances apart =
          OutputDistances.atEqualStatistics(unlearned, retrained, Fixtures.images(), SOME);
      double last = 0;
      for (int pieces : new int[] {1, 2, 4, 16}) {
        LipschitzConstant k =
            LipschitzConstant.onSegment(unlearned, retrained, Fixtures.images(), SOME, pieces);
        double v = k.verificationError();
        assertEquals(VerificationError.value(unlearned, retrained), v, 1e-12);
        assertTrue(apart.largestLogitDistance() <= k.largest() * v * (1 + 1e-9));
        assertTrue(apart.meanLogitDistance() <= k.mean() * v * (1 + 1e-9));
        assertTrue(k.largest() >= last * (1 - 1e-9));
        last = k.largest();
      }
      // One piece is the chord itself.
      assertEquals(
          apart.largestLogitDistance(),
          LipschitzConstant.onSegment(unlearned, retrained, Fixtures.images(), SOME, 1).largest()
              * VerificationError.value(unlearned, retrained),
          1e-9);
    }
  }
}
