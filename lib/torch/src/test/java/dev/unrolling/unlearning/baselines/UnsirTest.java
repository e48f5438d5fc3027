package dev.unrolling.unlearning.baselines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.CountedNetwork;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Logits;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethods;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.WithNoise;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.nd4j.linalg.factory.Nd4j;

class UnsirTest {

  private static final Objective PLAIN = Objective.crossEntropy();

  private static SgdPlan plan(double rate, int batchSize) {
    return new SgdPlan(Schedule.constant(rate), 1, batchSize, 0);
  }

  /** Logits w_c x + b_c of two classes; weights w_0, w_1, b_0, b_1. */
  static Network line(double... weights) {
    return Fixtures.float64().network(Architectures.linear(1, 2), Nd4j.createFromArray(weights));
  }

  static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  static Batch all(Dataset data) {
    return Batch.of(data, IntStream.range(0, data.size()).toArray());
  }

  /** A trained linear model over real features. */
  static Network known() {
    Network network = Fixtures.float64().network(Fixtures.linear(), 1);
    for (int i = 0; i < 100; i++) {
      network.step(all(Fixtures.features()), PLAIN, new SgdStep(0.5, 0.5));
    }
    return network;
  }

  private static UnlearningRequest forgetClass(Network network) {
    Dataset data = Fixtures.features();
    int[] forgotten = IntStream.range(0, data.size()).filter(i -> data.label(i) == 3).toArray();
    return UnlearningRequest.of(network, Batch.of(data, forgotten))
        .withRetained(Subsets.rest(data, forgotten))
        .withSeed(5);
  }

  @Test
  void impairAndRepairByHand() {
    // A, of class 1, is forgotten: B and twice a noise x of class 1 in one batch, then B alone.
    double x = new Random(7).nextGaussian();
    double[] w = {0.3, -0.2, 0.1, 0.4};
    double[] expected = w.clone();
    double ofB = logistic(2 * w[0] + w[2] - 2 * w[1] - w[3]) - 1;
    double ofNoise = logistic(w[0] * x + w[2] - w[1] * x - w[3]);
    move(expected, 0.2, (2 * ofB + 2 * x * ofNoise) / 3, (ofB + 2 * ofNoise) / 3);
    ofB = logistic(2 * expected[0] + expected[2] - 2 * expected[1] - expected[3]) - 1;
    move(expected, 0.1, 2 * ofB, ofB);
    Unsir unsir =
        new Unsir(plan(0.2, 4), plan(0.1, 4), new ErrorMaximisingNoise(1, 0, 0, 0), 2, 0.1);
    try (Network line = line(w)) {
      UnlearningRequest request =
          UnlearningRequest.of(line, Batch.of(Fixtures.twoPoints(), 0)).withRetained(1).withSeed(7);
      try (Network made = unsir.unlearn(request)) {
        assertArrayEquals(expected, made.saveState().weights().toDoubleVector(), 1e-14);
        assertTrue(made.saveState().velocity().isEmpty());
      }
      assertArrayEquals(w, line.saveState().weights().toDoubleVector());
    }
  }

  /** Slopes are by the logit of class 0; that of class 1 has the opposite. */
  private static void move(double[] weights, double rate, double byWeight, double byBias) {
    weights[0] -= rate * byWeight;
    weights[1] += rate * byWeight;
    weights[2] -= rate * byBias;
    weights[3] += rate * byBias;
  }

  @Test
  void aClassIsForgottenAndTheOthersAreNot() {
    SgdPlan small = new SgdPlan(Schedule.constant(0.05), 2, 16, 0.9);
    SgdPlan longer = new SgdPlan(Schedule.constant(0.05), 10, 16, 0.9);
    Unsir unsir = new Unsir(small, longer, new ErrorMaximisingNoise().withExamples(16), 2, 0.9);
    try (Network network = known()) {
      UnlearningRequest request = forgetClass(network);
      NetworkState before = network.saveState();
      Batch stays = request.retained().orElseThrow();
      double kept = accuracy(network, stays);
      double known = accuracy(network, request.forget());
      assertTrue(known > 0.5, "" + known);
      try (Network made = unsir.unlearn(request);
          Network again = unsir.unlearn(request);
          Network other = unsir.unlearn(request.withSeed(6))) {
        double left = accuracy(made, request.forget());
        assertTrue(left < 0.2, left + " and " + accuracy(made, stays) + " of " + kept);
        assertTrue(accuracy(made, stays) > 0.8 * kept, accuracy(made, stays) + " of " + kept);
        assertTrue(Fixtures.sameBits(made.saveState(), again.saveState()));
        assertFalse(Fixtures.sameBits(made.saveState(), other.saveState()));
      }
      assertTrue(Fixtures.sameBits(before, network.saveState()), "M stays");
    }
  }

  private static double accuracy(Network network, Batch examples) {
    double[][] logits = Logits.of(network, examples);
    int[] labels = examples.labels();
    long right =
        IntStream.range(0, labels.length)
            .filter(i -> Logits.argMax(logits[i]) == labels[i])
            .count();
    return (double) right / labels.length;
  }

  @Test
  void noiseComesAfterTheDataSet() {
    Dataset two = Fixtures.twoPoints();
    Dataset noise = Fixtures.tiny(new double[][] {{5}, {6}, {7}}, 0, 1, 0);
    WithNoise both = new WithNoise(two, noise, 2);
    Batch batch = both.with(Batch.of(two, 1));
    assertArrayEquals(new int[] {1, 2, 3, 4, 5, 6, 7}, batch.indices());
    assertArrayEquals(new int[] {0, 0, 1, 0, 0, 1, 0}, batch.labels());
    double[] seen = new double[8];
    IntStream.range(0, both.size()).forEach(i -> both.writeExample(i, seen, i));
    assertArrayEquals(new double[] {1, 2, 5, 6, 7, 5, 6, 7}, seen);
  }

  @Test
  void onANetworkWithBatchNormStatisticsMoveAndNothingStaysOpen() {
    SgdPlan small = new SgdPlan(Schedule.constant(0.01), 1, 8, 0.9);
    Unsir unsir = new Unsir(small, small, new ErrorMaximisingNoise(8, 3, 0.1, 0.1), 1, 1);
    try (CountedNetwork network =
        new CountedNetwork(
            Fixtures.float32().network(Architectures.tanhCnnWithBatchNorm(4, 10), 1))) {
      UnlearningRequest request =
          UnlearningRequest.of(network, Batch.of(Fixtures.images(), 0, 1, 2))
              .withRetained(IntStream.range(3, 19).toArray());
      try (Network made = unsir.unlearn(request)) {
        assertTrue(
            made.saveState().runningStatistics().distance2(network.saveState().runningStatistics())
                > 1e-2);
      }
      assertEquals(1, network.open());
      for (int steps : new int[] {0, 3}) {
        Unsir interrupted =
            new Unsir(small, small, new ErrorMaximisingNoise(8, steps, 0.1, 0.1), 1, 1);
        Thread.currentThread().interrupt();
        String message =
            assertThrows(CancellationException.class, () -> interrupted.unlearn(request))
                .getMessage();
        assertEquals(steps > 0, message.startsWith("learning noise was interrupted"), message);
        assertEquals(1, network.open());
      }
    }
  }

  @Test
  void isFoundByNameAndRefusesWhatItCannotUse() {
    assertEquals("UNSIR", UnlearningMethods.named("unsir").displayName());
    assertEquals(new Unsir(), UnlearningMethods.named("unsir"));
    try (Network line = line(0, 0, 0, 0)) {
      UnlearningRequest alone = UnlearningRequest.of(line, Batch.of(Fixtures.twoPoints(), 0));
      refused("\"unsir\" needs the retain set", () -> new Unsir().unlearn(alone));
    }
    ErrorMaximisingNoise noise = new ErrorMaximisingNoise();
    refused("at least 1 copy, not 0", () -> new Unsir(plan(1, 1), plan(1, 1), noise, 0, 1));
    refused("at most 1, not 1.5", () -> new Unsir(plan(1, 1), plan(1, 1), noise, 1, 1.5));
    refused("not 0 and 40", () -> noise.withExamples(0));
    refused("not 1 and -1", () -> new ErrorMaximisingNoise(1, -1, 0, 0));
    refused("not NaN and 0.0", () -> new ErrorMaximisingNoise(1, 1, Double.NaN, 0));
    refused("and -1.0", () -> new ErrorMaximisingNoise(1, 1, 0, -1));
  }

  private static void refused(String part, Executable call) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    assertTrue(message.contains(part), message);
  }
}
