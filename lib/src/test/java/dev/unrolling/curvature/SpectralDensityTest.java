package dev.unrolling.curvature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.curvature.SpectralDensity.Node;
import dev.unrolling.curvature.SpectralDensity.Probe;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpectralDensityTest {

  private static final double EXACT = 1e-14;

  /** Whose means are 2.5, 2 and 6. */
  private final SpectralDensity density =
      new SpectralDensity(
          7,
          List.of(
              new Probe(List.of(new Node(1, 0.25), new Node(3, 0.75)), 2),
              new Probe(List.of(new Node(2, 1)), 1),
              new Probe(List.of(new Node(-2, 0.2), new Node(8, 0.8)), 5)));

  @Test
  void meansAndErrorsOverProbesByHand() {
    assertEquals(8, density.products());
    assertEquals(-2, density.smallest());
    assertEquals(8, density.largest());
    // (2.5 + 2 + 6) / 3, and differences of -1, -1.5 and 2.5 whose squares sum to 9.5.
    assertEquals(3.5, density.mean(x -> x), EXACT);
    assertEquals(Math.sqrt(9.5 / 2 / 3), density.standardError(x -> x), EXACT);
    assertEquals(0, density.standardError(x -> 1), EXACT);
    SpectralDensity one = new SpectralDensity(7, density.probes().subList(0, 1));
    assertTrue(Double.isNaN(one.standardError(x -> x)));
  }

  @Test
  void aShareHoldsItsEnd() {
    assertEquals(0, density.shareUpTo(-2.5), EXACT);
    assertEquals(0.2 / 3, density.shareUpTo(-2), EXACT);
    assertEquals((0.25 + 1 + 0.2) / 3, density.shareUpTo(2), EXACT);
    assertEquals(1, density.shareUpTo(8), EXACT);
  }

  @Test
  void gaussiansByHand() {
    SpectralDensity one =
        new SpectralDensity(
            2, List.of(new Probe(List.of(new Node(1, 0.25), new Node(2, 0.75)), 2)));
    // At 2 the first node is 2 widths away, the second none.
    double expected = (0.25 * Math.exp(-2) + 0.75) / (0.5 * Math.sqrt(2 * Math.PI));
    assertEquals(expected, one.at(2, 0.5), EXACT);
    SpectralDensity.Curve curve = one.onGrid(3, 0.5);
    assertEquals(List.of(-1.0, 1.5, 4.0), curve.x());
    for (int i = 0; i < 3; i++) {
      assertEquals(one.at(curve.x().get(i), 0.5), curve.density().get(i));
    }
    assertEquals(List.of(-1.0, 4.0), one.onGrid(2, 0.5).x());
  }

  @Test
  void refusesWhatCannotBe() {
    for (double width : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertTrue(refused(() -> density.at(0, width)).contains("not " + width));
      assertTrue(refused(() -> density.onGrid(5, width)).contains("not " + width));
    }
    assertTrue(refused(() -> density.onGrid(1, 1)).contains("2 points, not 1"));
    assertTrue(refused(() -> new SpectralDensity(7, List.of())).contains("1 probe"));
  }

  private static String refused(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }
}
