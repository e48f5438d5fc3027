package dev.unrolling.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.model.Architectures;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class EvaluationTest {

  @Test
  void countsHitsAndAveragesLossesByHand() {
    // Logits (x, 0): x = 1 of class 1 is missed with loss ln(1 + e), x = 2 of class 0 is hit with
    // loss ln(1 + e^-2), x = -1000 of class 1 is hit with loss 0.
    Dataset data = Fixtures.tiny(new double[][] {{1}, {2}, {-1000}}, 1, 0, 1);
    try (Network network =
        Fixtures.float64()
            .network(Architectures.linear(1, 2), Nd4j.createFromArray(new double[] {1, 0, 0, 0}))) {
      Evaluation all = Evaluation.of(network, data);
      assertEquals(2 / 3., all.accuracy(), 1e-15);
      assertEquals((Math.log1p(Math.E) + Math.log1p(Math.exp(-2))) / 3, all.meanLoss(), 1e-14);
      assertEquals(3, all.examples());
      assertEquals(0, Evaluation.of(network, data, new int[] {0}).accuracy());
      // The standard deviation of (x, 0) is |x| / sqrt 2.
      assertEquals(1003 / 3. / Math.sqrt(2), all.logitDeviation(), 1e-12);
    }
  }

  @Test
  void usesRunningStatisticsWhateverTheChunkAndChangesNothing() {
    Dataset images = Fixtures.images();
    int[] some = IntStream.range(0, 30).toArray();
    try (Network network = Fixtures.float64().network(Architectures.resnet8(2, 10), 3)) {
      NetworkState before = network.saveState();
      Evaluation whole = Evaluation.of(network, images, some);
      Evaluation parts = Evaluation.of(network, images, some, 7);
      assertEquals(whole.accuracy(), parts.accuracy());
      assertEquals(whole.meanLoss(), parts.meanLoss(), 1e-12);
      assertTrue(Fixtures.sameBits(before, network.saveState()));
      try (LossGradient expected =
          network.gradient(Batch.of(images, some), Objective.crossEntropy(), Mode.EVALUATION)) {
        assertEquals(expected.loss().value(), whole.meanLoss(), 1e-12);
      }
    }
  }

  @Test
  void refusesNothingToEvaluate() {
    try (Network network = Fixtures.lineAtZero(Fixtures.float64())) {
      Dataset data = Fixtures.twoPoints();
      assertThrows(IllegalArgumentException.class, () -> Evaluation.of(network, data, new int[0]));
      assertThrows(
          IllegalArgumentException.class, () -> Evaluation.of(network, data, new int[] {0}, 0));
    }
  }

  @Test
  void aNetworkThatHasDivergedHasNoAccuracy() {
    Dataset data = Fixtures.tiny(new double[][] {{1}, {2}, {-1000}}, 1, 0, 1);
    for (double broken : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      try (Network network =
          Fixtures.float64()
              .network(
                  Architectures.linear(1, 2),
                  Nd4j.createFromArray(new double[] {broken, 0, 0, 0}))) {
        Evaluation all = Evaluation.of(network, data);
        assertTrue(Double.isNaN(all.accuracy()), "accuracy " + all.accuracy());
        assertTrue(Double.isNaN(all.meanLoss()), "loss " + all.meanLoss());
        assertTrue(Double.isNaN(all.logitDeviation()));
      }
    }
    // One example without an answer is enough.
    double[][] logits = {{1, 0}, {0, Double.NaN}};
    assertTrue(Double.isNaN(Evaluation.of(logits, new int[] {0, 0}).accuracy()));
    String message =
        assertThrows(ArithmeticException.class, () -> Logits.argMax(logits[1])).getMessage();
    assertTrue(message.contains("class 1 is NaN"), message);
    assertThrows(ArithmeticException.class, () -> Logits.argMax(new double[] {Double.NaN, 1}));
    assertThrows(IllegalArgumentException.class, () -> Evaluation.of(logits, new int[] {0}));
    assertThrows(IllegalArgumentException.class, () -> Evaluation.of(new double[0][], new int[0]));
  }
}
