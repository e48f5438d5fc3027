package dev.unrolling.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AreaUnderCurveTest {

  @Test
  void countsPairsByHandAndTiesAsHalf() {
    // 3 beats 1 and 2 and ties with 3; 2 beats 1 and ties with 2: 2.5 + 1.5 of 6.
    assertEquals(4.0 / 6, AreaUnderCurve.of(new double[] {3, 2}, new double[] {1, 3, 2}), 1e-15);
    assertEquals(1, AreaUnderCurve.of(new double[] {0.9, 0.8}, new double[] {0.1}));
    assertEquals(0, AreaUnderCurve.of(new double[] {0.1}, new double[] {0.9, 0.8}));
    assertEquals(0.5, AreaUnderCurve.of(new double[] {7, 7, 7}, new double[] {7, 7}));
  }

  @Test
  void refusesNoScoresAndNaN() {
    double[] one = {1};
    assertThrows(IllegalArgumentException.class, () -> AreaUnderCurve.of(new double[0], one));
    assertThrows(
        IllegalArgumentException.class, () -> AreaUnderCurve.of(one, new double[] {1, Double.NaN}));
  }
}
