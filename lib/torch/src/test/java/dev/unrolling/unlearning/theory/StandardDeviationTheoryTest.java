package dev.unrolling.unlearning.theory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Objective.Normalisation;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.training.Fixtures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class StandardDeviationTheoryTest {

  /** Gradient of the SD loss of one example, true class first, from its definition. */
  private static double[] gradient(double[] z, double weight) {
    double max = Arrays.stream(z).max().orElseThrow();
    double[] p = Arrays.stream(z).map(v -> Math.exp(v - max)).toArray();
    double sum = Arrays.stream(p).sum();
    double mean = Arrays.stream(z).average().orElseThrow();
    double squares = Arrays.stream(z).map(v -> (v - mean) * (v - mean)).sum();
    double deviation = Math.sqrt(squares / (z.length - 1));
    double[] g = new double[z.length];
    for (int i = 0; i < z.length; i++) {
      g[i] = p[i] / sum - (i == 0 ? 1 : 0) + weight * (z[i] - mean) / ((z.length - 1) * deviation);
    }
    return g;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 100})
  void theBestMarginMinimisesOverAllLogitsBelowTheThreshold(int classes) {
    for (double share : new double[] {0.2, 0.5, 0.9}) {
      StandardDeviationTheory theory =
          new StandardDeviationTheory(
              classes, share * new StandardDeviationTheory(classes, 0).criticalWeight());
      // Descent from random logits, none of which knows of the form (d, 0, .., 0).
      double[] z = new SplittableRandom(classes).doubles(classes, -1, 1).toArray();
      // The true class leads, so that no step meets the kink where all are equal.
      z[0] = 1.5;
      double[] g = gradient(z, theory.weight());
      for (int step = 0; step < 2_000_000 && norm(g) > 1e-13; step++) {
        double rate = Math.min(1, StandardDeviationTheory.standardDeviation(z));
        for (int i = 0; i < classes; i++) {
          z[i] -= rate * g[i];
        }
        g = gradient(z, theory.weight());
      }
      for (int i = 1; i < classes; i++) {
        assertEquals(theory.bestMargin(), z[0] - z[i], 1e-8, "C " + classes + " share " + share);
      }
      double p = 1 / (1 + (classes - 1) * Math.exp(z[1] - z[0]));
      assertEquals(theory.bestProbability(), p, 1e-8);
      assertEquals(0, theory.slopeAtMargin(theory.bestMargin()), 1e-14);
    }
  }

  private static double norm(double[] g) {
    return Math.sqrt(Arrays.stream(g).map(v -> v * v).sum());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 100})
  void collapsesFromTheThresholdOn(int classes) {
    for (double share : new double[] {1, 1.1, 3}) {
      StandardDeviationTheory theory =
          new StandardDeviationTheory(
              classes, share * new StandardDeviationTheory(classes, 0).criticalWeight());
      assertTrue(theory.collapses());
      assertEquals(0, theory.bestMargin());
      assertEquals(1.0 / classes, theory.bestProbability(), 1e-15);
      // The kink at 0 is the least value: golden section over both signs ends there. At the
      // threshold itself the right side is flat to first order, so only the loss is compared.
      if (share > 1) {
        assertEquals(0, leastByTernary(theory), 1e-8);
      }
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < 100; i++) {
        double d = random.nextDouble(-2, 2);
        assertTrue(theory.lossAtMargin(d) >= theory.lossAtMargin(0) - 1e-14);
      }
    }
  }

  private static double leastByTernary(StandardDeviationTheory theory) {
    double low = -5;
    double high = 5;
    while (high - low > 1e-10) {
      double a = low + (high - low) / 3;
      double b = high - (high - low) / 3;
      if (theory.lossAtMargin(a) < theory.lossAtMargin(b)) {
        high = b;
      } else {
        low = a;
      }
    }
    return (low + high) / 2;
  }

  @Test
  void theThresholdInEachUnit() {
    assertEquals(1.41, StandardDeviationTheory.criticalGamma(2, Normalisation.PER_CLASS), 0.005);
    assertEquals(28.5, StandardDeviationTheory.criticalGamma(10, Normalisation.PER_CLASS), 0.05);
    assertEquals(990, StandardDeviationTheory.criticalGamma(100, Normalisation.PER_CLASS), 1e-9);
    assertEquals(9.9, StandardDeviationTheory.criticalGamma(100, Normalisation.MEAN), 1e-12);
    Objective objective = Objective.crossEntropy().withGamma(28.4);
    assertTrue(!StandardDeviationTheory.of(objective, 10).collapses());
    assertTrue(StandardDeviationTheory.of(objective.withGamma(28.5), 10).collapses());
    assertEquals(0.5, StandardDeviationTheory.of(objective.withGamma(5), 10).weight(), 1e-15);
    assertEquals(
        Double.POSITIVE_INFINITY,
        StandardDeviationTheory.of(Objective.crossEntropy(), 10).bestMargin());
    assertThrows(IllegalArgumentException.class, () -> new StandardDeviationTheory(1, 0));
    assertThrows(IllegalArgumentException.class, () -> new StandardDeviationTheory(2, -1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new StandardDeviationTheory(2, Double.POSITIVE_INFINITY));
  }

  @Test
  void theGradientOfTheDeviationIsThatOfDifferencesAndHasItsNorm() {
    SplittableRandom random = new SplittableRandom(1);
    for (int classes : new int[] {2, 10, 100}) {
      double[] z = random.doubles(classes, -3, 3).toArray();
      double[] g = StandardDeviationTheory.gradientOfStandardDeviation(z);
      assertEquals(1 / Math.sqrt(classes - 1), norm(g), 1e-14);
      assertEquals(0, Arrays.stream(g).sum(), 1e-14);
      for (int i = 0; i < classes; i++) {
        double[] plus = z.clone();
        double[] minus = z.clone();
        plus[i] += 1e-6;
        minus[i] -= 1e-6;
        double slope =
            (StandardDeviationTheory.standardDeviation(plus)
                    - StandardDeviationTheory.standardDeviation(minus))
                / 2e-6;
        assertEquals(slope, g[i], 1e-8);
      }
    }
    assertArrayEquals(new double[3], StandardDeviationTheory.gradientOfStandardDeviation(2, 2, 2));
    assertEquals(
        3 / Math.sqrt(10),
        StandardDeviationTheory.standardDeviation(3, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        1e-14);
    // It comes from differences: squares would cancel. Those of 0, 1 and 3 to 4/3 sum to 14/3.
    assertEquals(
        Math.sqrt(7 / 3.0), StandardDeviationTheory.standardDeviation(1e8, 1e8 + 1, 1e8 + 3), 1e-6);
    assertThrows(
        IllegalArgumentException.class,
        () -> StandardDeviationTheory.gradientOfStandardDeviation(1));
  }

  @Test
  void lossAndSlopeAtAMarginByHand() {
    // Three classes, g = 6: at d = ln 2 the true class has 2 of 4, and g / sqrt(C) is 2 sqrt 3.
    StandardDeviationTheory theory = new StandardDeviationTheory(3, 6);
    double ln2 = Math.log(2);
    assertEquals(ln2 + 2 * Math.sqrt(3) * ln2, theory.lossAtMargin(ln2), 1e-14);
    assertEquals(2 * Math.sqrt(3) - 0.5, theory.slopeAtMargin(ln2), 1e-14);
    // At d = -ln 2 it has 1/2 of 5/2: the penalty is that of ln 2.
    assertEquals(Math.log(5) + 2 * Math.sqrt(3) * ln2, theory.lossAtMargin(-ln2), 1e-14);
    // No overflow on either side.
    StandardDeviationTheory plain = new StandardDeviationTheory(3, 0);
    assertEquals(0, plain.lossAtMargin(1000), 1e-14);
    assertEquals(1000 + ln2, plain.lossAtMargin(-1000), 1e-12);
  }

  /** Six real pictures as unit vectors of 48 features: linearly independent. */
  private static Dataset independent() {
    Dataset source = Fixtures.features();
    int features = source.exampleSize();
    double[] values = new double[6 * features];
    int[] labels = new int[6];
    for (int i = 0; i < 6; i++) {
      source.writeExample(i, values, i * features);
      labels[i] = source.label(i);
      // Away from what all pictures share, or the problem is too badly conditioned to converge.
      for (int j = 0; j < features; j++) {
        values[i * features + j] = 0.2 * values[i * features + j] + (j % 6 == i ? 1 : 0);
      }
    }
    return FeatureDataset.of("independent", values, labels, source.classNames());
  }

  /** norm2(w_t - w_0) after 64, 128, .. 8192 steps of gradient descent. */
  private static List<Double> growth(Network network, Objective objective, Batch all) {
    List<Double> movement = new ArrayList<>();
    try (ParameterVector start = network.weights()) {
      for (int step = 1; step <= 8192; step++) {
        network.step(all, objective, SgdStep.plain(0.5)).value();
        if (step >= 64 && Integer.bitCount(step) == 1) {
          try (ParameterVector w = network.weights()) {
            movement.add(w.distance(start));
          }
        }
      }
    }
    return movement;
  }

  @Test
  @Tag("slow")
  void crossEntropyGrowsLikeLogTAndTheSdLossConverges() {
    Batch all = Batch.of(independent(), 0, 1, 2, 3, 4, 5);
    INDArray zero = Nd4j.zeros(DataType.DOUBLE, 490);
    Objective objective = Objective.crossEntropy().withGamma(10);
    double best = StandardDeviationTheory.of(objective, 10).bestMargin();
    try (Network plain = Fixtures.float64().network(Fixtures.linear(), zero);
        Network penalised = Fixtures.float64().network(Fixtures.linear(), 1)) {
      List<Double> free = growth(plain, Objective.crossEntropy(), all);
      List<Double> held = growth(penalised, objective, all);
      // Steps of log t of the same size bring the same growth: the last doublings agree.
      int last = free.size() - 1;
      double late = free.get(last) - free.get(last - 1);
      double earlier = free.get(last - 2) - free.get(last - 3);
      assertTrue(late > 0.1, "still grows by " + late);
      assertEquals(1, late / earlier, 0.15);
      assertEquals(0, held.get(last) - held.get(last - 1), 1e-6);
      double[][] logits = penalised.logits(all, Mode.EVALUATION).toDoubleMatrix();
      for (int i = 0; i < 6; i++) {
        int label = all.dataset().label(i);
        for (int c = 0; c < 10; c++) {
          assertEquals(c == label ? 0 : best, logits[i][label] - logits[i][c], 1e-5);
        }
      }
    }
  }
}
