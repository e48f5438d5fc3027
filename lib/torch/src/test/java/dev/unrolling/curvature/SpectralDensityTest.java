package dev.unrolling.curvature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.curvature.SpectralDensity.Node;
import dev.unrolling.curvature.SpectralDensity.Probe;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Objective;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
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
    // The spread is that of differences, not a difference of squares.
    assertEquals(Math.sqrt(9.5 / 2 / 3), density.standardError(x -> x + 1e8), 1e-6);
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
  void aSpectrumOfFewValuesIsExactInAsManyProducts() {
    double[] spectrum = new double[50];
    Arrays.setAll(spectrum, i -> i < 10 ? -2 : i < 25 ? 1 : 6);
    DenseSpace space = new DenseSpace();
    SpectralDensity found =
        new Lanczos().density(space.operator(DenseSpace.matrix(7, spectrum)), 200, 10);
    assertEquals(600, found.products());
    assertEquals(0.2, found.shareUpTo(-1.9), 4 * found.standardError(x -> x < 0 ? 1 : 0));
    assertEquals(0.5, found.shareUpTo(1.1), 4 * found.standardError(x -> x < 2 ? 1 : 0));
    assertEquals(-2, found.smallest(), 1e-9);
    assertEquals(6, found.largest(), 1e-9);
    assertTrue(found.at(6, 0.1) > found.at(1, 0.1));
    assertTrue(found.at(3, 0.1) < 1e-12);
    // Where more would be needed, no more than are asked for.
    LinearOperator ten = space.operator(DenseSpace.matrix(7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    assertEquals(6, new Lanczos().density(ten, 2, 3).products());
    assertEquals(1, new Lanczos().density(ten, 1, 1).products());
    assertEquals(0, space.open());
  }

  @Test
  @Tag("slow")
  void theDensityHasTheMomentsAndSharesOfARealHessian() {
    try (RealHessian hessian = new RealHessian(Objective.crossEntropy())) {
      double[] dense = hessian.eigenvalues();
      int p = dense.length;
      SpectralDensity found = new Lanczos().density(hessian.operator(), 40, 40);
      assertEquals(p, found.size());
      assertEquals(1, found.mean(x -> 1), 1e-12);
      assertEquals(1600, found.products());
      for (int power = 1; power <= 3; power++) {
        int k = power;
        double expected = Arrays.stream(dense).map(x -> Math.pow(x, k)).sum() / p;
        double error = found.standardError(x -> Math.pow(x, k));
        assertEquals(expected, found.mean(x -> Math.pow(x, k)), 4 * error, "moment " + k);
        assertTrue(error < 0.5 * Math.abs(expected), "moment " + k + " says little");
      }
      // Ends to the precision of the extreme Ritz values, and how the bulk is shared out.
      assertEquals(dense[0], found.largest(), 1e-6 * dense[0]);
      assertEquals(dense[p - 1], found.smallest(), 1e-6 * dense[0]);
      for (double x : new double[] {-0.05 * dense[0], 0.05 * dense[0], 0.2 * dense[0]}) {
        double expected = (double) Arrays.stream(dense).filter(v -> v <= x).count() / p;
        assertEquals(expected, found.shareUpTo(x), 0.02, "share up to " + x);
      }
      // Smoothed, against the dense spectrum smoothed alike.
      double width = 0.05 * dense[0];
      SpectralDensity.Curve curve = found.onGrid(400, width);
      double step = curve.x().get(1) - curve.x().get(0);
      double mass = 0;
      double apart = 0;
      for (int i = 0; i < 400; i++) {
        double x = curve.x().get(i);
        double expected =
            Arrays.stream(dense).map(v -> Math.exp(-(x - v) * (x - v) / (2 * width * width))).sum()
                / (p * width * Math.sqrt(2 * Math.PI));
        mass += curve.density().get(i) * step;
        apart += Math.abs(curve.density().get(i) - expected) * step;
      }
      assertEquals(1, mass, 1e-3);
      assertTrue(apart < 0.05, "densities are " + apart + " apart");
    }
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
