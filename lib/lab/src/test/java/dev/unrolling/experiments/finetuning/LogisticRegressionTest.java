package dev.unrolling.experiments.finetuning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.FeatureDataset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {

  private static FeatureDataset data(double[] values, int... labels) {
    return FeatureDataset.of("points", values, labels, List.of("no", "yes"));
  }

  @Test
  void findsTheLogOddsOfCounts() {
    // At x = 0, 1 of 4 is positive; at x = 1, 2 of 3: bias ln(1/3), weight ln 2 - ln(1/3) = ln 6.
    LogisticRegression fit =
        LogisticRegression.fit(data(new double[] {0, 0, 0, 0, 1, 1, 1}, 1, 0, 0, 0, 1, 1, 0));
    // The ridge draws the weight towards 0 a little.
    assertEquals(Math.log(6), fit.weights()[0], 5e-3);
    assertEquals(Math.log(1 / 3.0), fit.weights()[1], 5e-3);
    assertTrue(fit.gradientNorm() <= LogisticRegression.TOLERANCE);
    assertEquals(
        5.0 / 7, fit.accuracy(data(new double[] {0, 0, 0, 0, 1, 1, 1}, 1, 0, 0, 0, 1, 1, 0)));
  }

  @Test
  void separableClassesConvergeToo() {
    Random random = new Random(1);
    double[] values = random.doubles(20 * 50, -1, 1).toArray();
    int[] labels = random.ints(20, 0, 2).toArray();
    LogisticRegression fit = LogisticRegression.fit(data(values, labels));
    assertEquals(1, fit.accuracy(data(values, labels)));
    assertTrue(fit.gradientNorm() <= LogisticRegression.TOLERANCE);
  }

  @Test
  void twoClassesOnly() {
    FeatureDataset three =
        FeatureDataset.of(
            "three", new double[] {1, 2, 3}, new int[] {0, 1, 2}, List.of("a", "b", "c"));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> LogisticRegression.fit(three))
            .getMessage()
            .contains("3 classes"));
  }
}
