package dev.unrolling.curvature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.curvature.Lanczos.End;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanczosTest {

  private final DenseSpace space = new DenseSpace();
  private final Lanczos exact = new Lanczos().withTolerance(1e-9);

  private LinearOperator operator(double... spectrum) {
    return space.operator(DenseSpace.matrix(7, spectrum));
  }

  private void assertEnd(End end, double[] expected, double... spectrum) {
    try (EigenPairs found = exact.run(operator(spectrum), end, expected.length)) {
      assertTrue(found.converged());
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], found.values().get(i), 1e-8, end + " " + found.values());
      }
    }
    assertEquals(0, space.open());
  }

  @Test
  void findsEitherEndOfAKnownSpectrum() {
    double[] spectrum = {5, 3, 2, 1, -1, 0.5, -7, -6.5};
    assertEnd(End.LARGEST, new double[] {5, 3, 2}, spectrum);
    assertEnd(End.SMALLEST, new double[] {-7, -6.5, -1}, spectrum);
    assertEnd(End.LARGEST_MAGNITUDE, new double[] {-7, -6.5, 5}, spectrum);
    assertEnd(End.LARGEST, new double[] {5, 3, 2, 1, 0.5, -1, -6.5, -7}, spectrum);
  }

  @Test
  void findsTheDominantOneAsPowerIterationDoes() {
    double[] spectrum = {5, 3, 2, 1, -1, 0.5, -7, -6.5};
    try (DominantEigenvalue lanczos = new Lanczos().dominant(operator(spectrum));
        DominantEigenvalue power = new PowerIteration().run(operator(spectrum))) {
      assertTrue(lanczos.converged() && power.converged());
      assertEquals(-7, lanczos.value(), 1e-2);
      assertEquals(7, lanczos.sigma(), 1e-2);
      assertTrue(lanczos.residual() <= 1e-3);
      assertTrue(lanczos.products() < power.products());
      // The bound is norm(Hv), which no eigenvalue of largest magnitude is below.
      try (ParameterVector product = operator(spectrum).apply(lanczos.vector())) {
        assertEquals(product.norm2(), lanczos.bound(), 1e-12);
      }
    }
    try (DominantEigenvalue cut = new Lanczos().withMaxProducts(2).dominant(operator(spectrum));
        ParameterVector product = operator(spectrum).apply(cut.vector())) {
      assertFalse(cut.converged());
      assertEquals(product.norm2(), cut.sigma(), 1e-12);
      assertTrue(cut.sigma() > Math.abs(cut.value()) && cut.sigma() <= 7);
    }
    assertEquals(0, space.open());
  }

  @Test
  void tellsAClusterApart() {
    double[] spectrum = new double[60];
    Arrays.setAll(spectrum, i -> i < 4 ? 10 - 1e-3 * i : i < 8 ? -9 - 1e-3 * i : i * 0.05);
    assertEnd(End.LARGEST, new double[] {10, 9.999, 9.998, 9.997, 2.95}, spectrum);
    assertEnd(End.SMALLEST, new double[] {-9.007, -9.006, -9.005, -9.004, 0.4}, spectrum);
  }

  @Test
  void findsEachCopyOfAnEigenvalue() {
    assertEnd(End.LARGEST, new double[] {4, 4, 4, 1}, 4, 1, 4, 0.5, 4);
    assertEnd(End.LARGEST, new double[] {4, 4}, 4, 1, 4, 0.5, 4);
    assertEnd(End.SMALLEST, new double[] {0, 0, 0}, 3, 0, 2, 0, 0, 0);
    assertEnd(End.LARGEST, new double[] {2, 2, 2}, 2, 2, 2);
    assertEnd(End.LARGEST_MAGNITUDE, new double[] {0, 0}, 0, 0, 0);
  }

  @Test
  void settlesATieOfOppositeSigns() {
    // Power iteration does not: see its test.
    try (EigenPairs found = new Lanczos().run(operator(4, -4, 1, 0.5), End.LARGEST, 1)) {
      assertTrue(found.converged());
      assertEquals(4, found.first().value(), 1e-9);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 10, 15})
  void eachBoundHoldsAnEigenvalueAndIsTheResidual(int products) {
    double[] spectrum = new double[40];
    Arrays.setAll(spectrum, i -> 3 * Math.cos(i));
    LinearOperator operator = operator(spectrum);
    try (EigenPairs found = exact.withMaxProducts(products).run(operator, End.LARGEST, 2)) {
      assertEquals(products, found.products());
      for (EigenPair pair : found.pairs()) {
        double nearest =
            Arrays.stream(spectrum).map(v -> Math.abs(v - pair.value())).min().orElseThrow();
        assertTrue(nearest <= pair.bound() + 1e-12, nearest + " > " + pair.bound());
        assertEquals(1, pair.vector().norm2(), 1e-12);
        try (ParameterVector product = operator.apply(pair.vector())) {
          product.addInPlace(-pair.value(), pair.vector());
          assertEquals(product.norm2(), pair.bound(), 1e-10);
        }
        assertEquals(pair.bound() / Math.abs(pair.value()), pair.residual(), 1e-15);
        assertEquals(pair.residual() <= 1e-9, pair.converged());
      }
    }
  }

  @Test
  void saysWhenTheProductsWereTooFew() {
    double[] spectrum = new double[200];
    Arrays.setAll(spectrum, i -> 1 + i * 1e-3);
    try (EigenPairs found =
        new Lanczos()
            .withTolerance(1e-6)
            .withMaxProducts(5)
            .run(operator(spectrum), End.LARGEST, 1)) {
      assertFalse(found.converged());
      assertTrue(found.first().bound() > 1e-6);
    }
  }

  @Test
  void agreesWithADenseMethodOnRealHessians() {
    for (Objective objective :
        new Objective[] {
          Objective.crossEntropy(), Objective.crossEntropy().withGamma(5).withWeightDecay(0.01)
        }) {
      try (RealHessian hessian = new RealHessian(objective)) {
        double[] dense = hessian.eigenvalues();
        int p = dense.length;
        assertTrue(p > 200 && p < 500);
        assertTrue(hessian.matrix().asymmetry() < 1e-12);
        assertTrue(dense[p - 1] < -1e-3, "the smallest end should be negative");
        Lanczos lanczos = exact.withMaxProducts(p);
        try (EigenPairs top = lanczos.run(hessian.operator(), End.LARGEST, 5);
            EigenPairs bottom = lanczos.run(hessian.operator(), End.SMALLEST, 5)) {
          assertTrue(top.converged() && bottom.converged());
          for (int i = 0; i < 5; i++) {
            assertEquals(dense[i], top.values().get(i), 1e-10 * dense[0]);
            assertEquals(dense[p - 1 - i], bottom.values().get(i), 1e-10 * dense[0]);
          }
        }
      }
    }
  }

  @Test
  void theDensityHasTheMomentsAndSharesOfARealHessian() {
    try (RealHessian hessian = new RealHessian(Objective.crossEntropy())) {
      double[] dense = hessian.eigenvalues();
      int p = dense.length;
      SpectralDensity density = new Lanczos().density(hessian.operator(), 40, 40);
      assertEquals(p, density.size());
      assertEquals(1, density.mean(x -> 1), 1e-12);
      assertEquals(1600, density.products());
      for (int power = 1; power <= 3; power++) {
        int k = power;
        double expected = Arrays.stream(dense).map(x -> Math.pow(x, k)).sum() / p;
        double error = density.standardError(x -> Math.pow(x, k));
        assertEquals(expected, density.mean(x -> Math.pow(x, k)), 4 * error, "moment " + k);
        assertTrue(error < 0.5 * Math.abs(expected), "moment " + k + " says little");
      }
      // Ends to the precision of the extreme Ritz values, and how the bulk is shared out.
      assertEquals(dense[0], density.largest(), 1e-6 * dense[0]);
      assertEquals(dense[p - 1], density.smallest(), 1e-6 * dense[0]);
      for (double x : new double[] {-0.05 * dense[0], 0.05 * dense[0], 0.2 * dense[0]}) {
        double expected = (double) Arrays.stream(dense).filter(v -> v <= x).count() / p;
        assertEquals(expected, density.shareUpTo(x), 0.02, "share up to " + x);
      }
      // Smoothed, against the dense spectrum smoothed alike.
      double width = 0.05 * dense[0];
      SpectralDensity.Curve curve = density.onGrid(400, width);
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
  void aSpectrumOfFewValuesIsExactInAsManyProducts() {
    double[] spectrum = new double[50];
    Arrays.setAll(spectrum, i -> i < 10 ? -2 : i < 25 ? 1 : 6);
    SpectralDensity density = new Lanczos().density(operator(spectrum), 200, 10);
    assertEquals(600, density.products());
    assertEquals(0.2, density.shareUpTo(-1.9), 4 * density.standardError(x -> x < 0 ? 1 : 0));
    assertEquals(0.5, density.shareUpTo(1.1), 4 * density.standardError(x -> x < 2 ? 1 : 0));
    assertEquals(-2, density.smallest(), 1e-9);
    assertEquals(6, density.largest(), 1e-9);
    assertTrue(density.at(6, 0.1) > density.at(1, 0.1));
    assertTrue(density.at(3, 0.1) < 1e-12);
    assertEquals(0, space.open());
  }

  @Test
  void refusesWhatCannotBeAndLeaksNothing() {
    LinearOperator operator = operator(1, 2);
    Lanczos lanczos = new Lanczos();
    assertThrows(IllegalArgumentException.class, () -> lanczos.run(operator, End.LARGEST, 3));
    assertThrows(IllegalArgumentException.class, () -> lanczos.run(operator, End.LARGEST, 0));
    assertThrows(IllegalArgumentException.class, () -> lanczos.withTolerance(1));
    assertThrows(IllegalArgumentException.class, () -> lanczos.withMaxProducts(0));
    assertThrows(IllegalArgumentException.class, () -> lanczos.density(operator, 0, 3));
    assertThrows(
        IllegalArgumentException.class, () -> lanczos.density(operator, 1, 3).at(0, Double.NaN));
    LinearOperator broken = space.operator(new double[][] {{Double.NaN, 0}, {0, 1}});
    assertThrows(ArithmeticException.class, () -> lanczos.run(broken, End.LARGEST, 1));
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> lanczos.run(operator, End.LARGEST, 1));
    assertFalse(Thread.interrupted());
    assertEquals(0, space.open());
  }
}
