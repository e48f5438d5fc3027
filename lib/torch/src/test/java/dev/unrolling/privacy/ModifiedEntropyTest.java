package dev.unrolling.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.privacy.ModifiedEntropy.Convention;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ModifiedEntropyTest {

  private static final double EXACT = 1e-14;

  /** Minus the logarithm of the floor. */
  private static final double LARGEST_TERM = 30 * Math.log(10);

  private static double[] softMax(double... logits) {
    double[] powers = Arrays.stream(logits).map(Math::exp).toArray();
    double sum = Arrays.stream(powers).sum();
    return Arrays.stream(powers).map(p -> p / sum).toArray();
  }

  @Test
  void twoAndThreeClassesByHand() {
    // -(1 - 0.8) ln 0.8 - 0.2 ln(1 - 0.2)
    assertEquals(-0.4 * Math.log(0.8), ModifiedEntropy.value(new double[] {0.8, 0.2}, 0), EXACT);
    // -(1 - 0.2) ln 0.2 - 0.8 ln(1 - 0.8)
    assertEquals(-1.6 * Math.log(0.2), ModifiedEntropy.value(new double[] {0.8, 0.2}, 1), EXACT);
    assertEquals(
        -0.5 * Math.log(0.5) - 0.3 * Math.log(0.7) - 0.2 * Math.log(0.8),
        ModifiedEntropy.value(new double[] {0.5, 0.3, 0.2}, 0),
        EXACT);
  }

  @Test
  void finiteAtProbabilitiesZeroAndOne() {
    assertEquals(0, ModifiedEntropy.value(new double[] {1, 0}, 0));
    assertEquals("0.0", String.valueOf(ModifiedEntropy.value(new double[] {1, 0, 0}, 0)));
    assertEquals(2 * LARGEST_TERM, ModifiedEntropy.value(new double[] {1, 0}, 1), 1e-12);
    // The true class has nothing, two others share the rest: one floor, two halves.
    assertEquals(
        LARGEST_TERM - Math.log(0.5), ModifiedEntropy.value(new double[] {0, 0.5, 0.5}, 0), 1e-12);
    assertEquals(0, ModifiedEntropy.valueOfLogits(new double[] {800, 0, -800}, 0));
    assertEquals(
        2 * LARGEST_TERM, ModifiedEntropy.valueOfLogits(new double[] {800, 0, -800}, 1), 1e-12);
  }

  @Test
  void logitsGiveTheValueOfTheirSoftMax() {
    double[] logits = {1.5, -0.5, 0.25, 3};
    for (int label = 0; label < logits.length; label++) {
      assertEquals(
          ModifiedEntropy.value(softMax(logits), label),
          ModifiedEntropy.valueOfLogits(logits, label),
          EXACT);
    }
    // 1 - p = exp(-40): each of the two terms is its square, far below what 1 - p as a
    // difference could tell from 0.
    double tiny = ModifiedEntropy.valueOfLogits(new double[] {40, 0}, 0);
    assertEquals(2 * Math.exp(-80), tiny, 1e-12 * tiny);
  }

  @Test
  void onlyDifferencesOfLogitsAndTheTrueClassMatter() {
    double[] logits = {0.5, -1, 2};
    double value = ModifiedEntropy.valueOfLogits(logits, 0);
    assertEquals(value, ModifiedEntropy.valueOfLogits(new double[] {100.5, 99, 102}, 0), 1e-12);
    assertEquals(value, ModifiedEntropy.valueOfLogits(new double[] {0.5, 2, -1}, 0), EXACT);
    assertNotEquals(value, ModifiedEntropy.valueOfLogits(logits, 2), 0.1);
    double last = Double.POSITIVE_INFINITY;
    for (double truth = -5; truth <= 5; truth++) {
      double next = ModifiedEntropy.valueOfLogits(new double[] {truth, -1, 2}, 0);
      assertTrue(next < last, next + " at " + truth);
      last = next;
    }
  }

  @Test
  void rawLogitsAreTheFormulaOnLogits() {
    // -(1 - 2) ln 2 + 1 ln(1 + 1)
    assertEquals(2 * Math.log(2), ModifiedEntropy.valueOfRawLogits(new double[] {2, -1}, 0), EXACT);
    // -(1 + 1) ln floor - 0.5 ln 0.5
    assertEquals(
        2 * LARGEST_TERM - 0.5 * Math.log(0.5),
        ModifiedEntropy.valueOfRawLogits(new double[] {-1, 0.5}, 0),
        1e-12);
    double[][] logits = {{2, -1}};
    assertEquals(
        2 * Math.log(2),
        ModifiedEntropy.of(logits, new int[] {0}, Convention.AUTHORS_RAW_LOGITS).mean(),
        EXACT);
    assertEquals(
        ModifiedEntropy.valueOfLogits(logits[0], 0),
        ModifiedEntropy.of(logits, new int[] {0}, Convention.PROBABILITIES).mean(),
        EXACT);
    assertEquals(1, ModifiedEntropy.of(logits, new int[] {0}, Convention.PROBABILITIES).size());
  }

  @Test
  void badInputIsNamed() {
    assertTrue(refused(() -> ModifiedEntropy.value(new double[] {0.5, 0.4}, 0)).contains("0.9"));
    assertTrue(refused(() -> ModifiedEntropy.value(new double[] {1.5, -0.5}, 0)).contains("1.5"));
    assertTrue(
        refused(() -> ModifiedEntropy.value(new double[] {Double.NaN, 1}, 0)).contains("NaN"));
    assertTrue(refused(() -> ModifiedEntropy.value(new double[] {1}, 0)).contains("2 classes"));
    assertTrue(
        refused(() -> ModifiedEntropy.valueOfLogits(new double[] {1, 2}, 2)).contains("0 to 1"));
    assertTrue(
        refused(() -> ModifiedEntropy.valueOfLogits(new double[] {1, Double.NaN}, 0))
            .contains("NaN"));
    assertTrue(
        refused(() -> ModifiedEntropy.valueOfRawLogits(new double[] {Double.NaN, 1}, 0))
            .contains("NaN"));
    assertTrue(
        refused(
                () ->
                    ModifiedEntropy.of(
                        new double[][] {{1, 2}}, new int[] {0, 1}, Convention.PROBABILITIES))
            .contains("2 labels for 1"));
    assertTrue(
        refused(() -> new EntropySample(new double[] {1, 2}, new int[] {0})).contains("1 labels"));
    assertTrue(refused(() -> new EntropySample(new double[] {1}, new int[] {-1})).contains("-1"));
  }

  private static String refused(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
