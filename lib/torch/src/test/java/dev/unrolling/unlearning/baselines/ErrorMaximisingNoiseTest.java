package dev.unrolling.unlearning.baselines;

import static dev.unrolling.unlearning.baselines.UnsirTest.all;
import static dev.unrolling.unlearning.baselines.UnsirTest.known;
import static dev.unrolling.unlearning.baselines.UnsirTest.line;
import static dev.unrolling.unlearning.baselines.UnsirTest.logistic;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Dataset;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.training.Fixtures;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ErrorMaximisingNoiseTest {

  private static final Objective PLAIN = Objective.crossEntropy();

  private static double[] values(Dataset noise) {
    double[] values = new double[noise.size() * noise.exampleSize()];
    IntStream.range(0, noise.size())
        .forEach(i -> noise.writeExample(i, values, i * noise.exampleSize()));
    return values;
  }

  /** Slope of the loss of label 1 by x, of logits (w0 x + b0, w1 x + b1). */
  private static double slope(double[] w, double x) {
    return logistic(w[0] * x + w[2] - w[1] * x - w[3]) * (w[0] - w[1]);
  }

  @Test
  void twoStepsOfNoiseByHand() {
    double[] w = {0.5, -1, 0.2, 0.3};
    Random random = new Random(7);
    double[] expected = new double[2];
    for (int i = 0; i < 2; i++) {
      expected[i] = random.nextGaussian();
    }
    for (int i = 0; i < 2; i++) {
      double x = expected[i];
      // The mean of two, minus the loss and 0.3 times the square; Adam's first step is by the sign.
      double first = -slope(w, x) / 2 + 0.3 * x;
      x -= 0.1 * first / (Math.abs(first) + 1e-8);
      double second = -slope(w, x) / 2 + 0.3 * x;
      double mean = (0.9 * 0.1 * first + 0.1 * second) / (1 - 0.81);
      double square =
          (0.999 * 0.001 * first * first + 0.001 * second * second) / (1 - 0.999 * 0.999);
      expected[i] = x - 0.1 * mean / (Math.sqrt(square) + 1e-8);
    }
    try (Network line = line(w)) {
      Dataset noise =
          new ErrorMaximisingNoise(2, 2, 0.1, 0.3)
              .learned(line, Fixtures.twoPoints(), PLAIN.withGamma(4), 7, 1);
      assertArrayEquals(expected, values(noise), 1e-12);
      assertArrayEquals(new int[] {1, 1}, all(noise).labels());
      assertArrayEquals(w, line.saveState().weights().toDoubleVector());
    }
  }

  @Test
  void classesTakeTurnsAndEachHasOne() {
    try (Network network = known()) {
      ErrorMaximisingNoise five = new ErrorMaximisingNoise(5, 0, 0.1, 0.1);
      Dataset noise = five.learned(network, Fixtures.features(), PLAIN, 1, 3, 8);
      assertArrayEquals(new int[] {3, 8, 3, 8, 3}, all(noise).labels());
      assertArrayEquals(new int[] {48}, noise.exampleShape());
      int[] each = IntStream.range(0, 10).toArray();
      Dataset one = five.learned(network, Fixtures.features(), PLAIN, 1, each);
      assertArrayEquals(each, all(one).labels());
      assertFalse(
          Arrays.equals(
              values(noise), values(five.learned(network, Fixtures.features(), PLAIN, 2, 3, 8))));
    }
  }

  @Test
  void noiseMaximisesTheErrorAndThePenaltyHoldsIt() {
    try (Network network = known()) {
      Dataset like = Fixtures.features();
      ErrorMaximisingNoise usual = new ErrorMaximisingNoise().withExamples(32);
      Dataset drawn = new ErrorMaximisingNoise(32, 0, 0, 0).learned(network, like, PLAIN, 1, 3);
      Dataset learned = usual.learned(network, like, PLAIN, 1, 3);
      Dataset free = new ErrorMaximisingNoise(32, 40, 0.1, 0).learned(network, like, PLAIN, 1, 3);
      assertTrue(loss(network, learned) > loss(network, drawn) + 1);
      assertTrue(loss(network, free) > loss(network, learned) + 1);
      Dataset held = new ErrorMaximisingNoise(32, 40, 0.1, 10).learned(network, like, PLAIN, 1, 3);
      assertTrue(norm(learned) < norm(free));
      assertTrue(norm(held) < 0.5 * norm(drawn), norm(held) + " of " + norm(drawn));
    }
  }

  private static double loss(Network network, Dataset noise) {
    try (LossGradient found = network.gradient(all(noise), PLAIN, Mode.EVALUATION)) {
      return found.loss().value();
    }
  }

  private static double norm(Dataset noise) {
    return Math.sqrt(Arrays.stream(values(noise)).map(x -> x * x).sum());
  }
}
