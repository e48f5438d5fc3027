package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class TextFeaturesTest {

  @Test
  void theTrainingSetSetsShiftAndScale() {
    double[] train = {1, 5, 3, 5};
    double[] test = {5, 7};
    TextFeatures.standardise(train, test, 2);
    double half = 1 / Math.sqrt(2);
    assertArrayEquals(new double[] {-half, 0, half, 0}, train, 1e-12);
    assertArrayEquals(new double[] {3 * half, 0}, test, 1e-12);
  }
}
