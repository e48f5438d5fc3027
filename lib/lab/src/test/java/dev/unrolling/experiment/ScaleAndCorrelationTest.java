package dev.unrolling.experiment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.settings.Scale;
import dev.unrolling.statistics.Correlation;
import dev.unrolling.statistics.LogLogSlope;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScaleAndCorrelationTest {

  @Test
  void scaleComesFromTheEnvironment() {
    assertEquals(Scale.QUICK, Scale.fromEnvironment(Map.of()));
    assertEquals(Scale.SMOKE, Scale.fromEnvironment(Map.of("UNROLLING_SCALE", "Smoke")));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Scale.fromEnvironment(Map.of("UNROLLING_SCALE", "huge")))
            .getMessage();
    assertTrue(message.contains("\"huge\"") && message.contains("smoke, quick, desk, paper"));
  }

  @Test
  void rankCorrelationByHand() {
    // Ranks 1 2 3 4 against 1 2 4 3: rho = 1 - 6 * 2 / (4 * 15) = 0.8.
    assertEquals(
        0.8, Correlation.spearman(new double[] {1, 2, 3, 4}, new double[] {10, 20, 40, 30}), 1e-12);
    assertEquals(0, Correlation.spearman(new double[] {1, 2, 3}, new double[] {5, 5, 5}));
    assertArrayEquals(new double[] {1, -3}, Correlation.differences(new double[] {1, 2, -1}), 0);
  }

  @Test
  void intervalHoldsTheValueAndRepeats() {
    double[] x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    double[] y = {2, 1, 4, 3, 6, 5, 8, 7, 10, 9};
    Correlation first = Correlation.ofRanks(x, y);
    assertTrue(first.low() < first.value() && first.value() <= first.high(), first.toString());
    assertEquals(first, Correlation.ofRanks(x, y));
    assertTrue(
        Correlation.shareWhereBetter(x, y, new double[] {3, 1, 4, 1, 5, 9, 2, 6, 5, 3}) > .9);
    assertEquals(0.5, Correlation.shareWhereBetter(x, y, y));
  }

  @Test
  void slopeOfAPower() {
    double[] x = {1, 2, 4};
    assertEquals(3, LogLogSlope.fit(x, new double[] {5, 40, 320}), 1e-12);
  }
}
