package dev.unrolling.curvature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.curvature.Lanczos.End;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
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
    assertEnd(End.LARGEST, new double[] {4, 4, 4}, 4, 1, 4, 0.5, 4);
    assertEnd(End.LARGEST, new double[] {4, 4}, 4, 1, 4, 0.5, 4);
    // The second block starts before its own outermost pair is known.
    assertEnd(End.LARGEST, new double[] {9, 9}, 9, 9, 5, 5, 4, 4, 2, 2, 1, 1);
    assertEnd(End.SMALLEST, new double[] {0, 0, 0}, 3, 0, 2, 0, 0, 0);
    assertEnd(End.LARGEST, new double[] {2, 2, 2}, 2, 2, 2);
    assertEnd(End.LARGEST_MAGNITUDE, new double[] {0, 0}, 0, 0, 0);
  }

  @Test
  void looksForOneCopyMoreThanWanted() {
    // A second block shows an equal value, and ends the search: not the whole space is gone
    // through.
    for (double value : new double[] {0, 2, -3}) {
      double[] spectrum = {value, value, value, value, value};
      try (EigenPairs found = exact.run(operator(spectrum), End.LARGEST, 1)) {
        assertTrue(found.converged());
        assertEquals(value, found.first().value(), 1e-12);
        assertEquals(2, found.products());
      }
    }
  }

  @Test
  void theSizeOfTheOperatorDoesNotMatter() {
    // Of copies, and of an eigenvalue 0, which no relative residual tells from rounding.
    double[] copies = {4, 1, 4, 0.5, 4};
    double[] singular = IntStream.range(0, 60).mapToDouble(i -> i == 0 ? 0 : 1 + i / 60.).toArray();
    for (double size : new double[] {1e-8, 1, 1e8}) {
      try (EigenPairs found = exact.run(operator(scaled(copies, size)), End.LARGEST, 2)) {
        assertTrue(found.converged());
        assertEquals(4 * size, found.values().get(0), 1e-12 * size);
        assertEquals(4 * size, found.values().get(1), 1e-12 * size);
        assertEquals(5, found.products());
      }
      try (EigenPairs found = exact.run(operator(scaled(singular, size)), End.SMALLEST, 1)) {
        assertTrue(found.converged());
        assertEquals(0, found.first().value(), 1e-12 * size);
        assertTrue(found.products() < 40, () -> found.products() + " products");
      }
      try (EigenPairs found = exact.run(operator(scaled(singular, size)), End.LARGEST, 1)) {
        assertTrue(found.converged());
        assertEquals(119 / 60. * size, found.first().value(), 1e-12 * size);
      }
    }
  }

  private static double[] scaled(double[] spectrum, double size) {
    return Arrays.stream(spectrum).map(value -> value * size).toArray();
  }

  @Test
  void aFunctionTimesAVectorIsThatOfTheSpectrum() {
    int n = 40;
    double[] spectrum =
        IntStream.range(0, n).mapToDouble(i -> Math.sin(3 * i) * (i - 15)).toArray();
    double[][] q = DenseSpace.reflection(5, n);
    double[] b = new SplittableRandom(6).doubles(n, -1, 1).toArray();
    for (DoubleUnaryOperator f :
        List.<DoubleUnaryOperator>of(
            x -> Math.pow(1 - 0.07 * x, 20), x -> Math.exp(-x / 5), x -> x * x * x - 2 * x)) {
      double[] expected = new double[n];
      for (int k = 0; k < n; k++) {
        double along = 0;
        for (int i = 0; i < n; i++) {
          along += q[i][k] * b[i];
        }
        for (int i = 0; i < n; i++) {
          expected[i] += q[i][k] * f.applyAsDouble(spectrum[k]) * along;
        }
      }
      try (ParameterVector vector = space.vector(b);
          ParameterVector wanted = space.vector(expected);
          LinearOperator operator = space.operator(DenseSpace.matrix(5, spectrum));
          FunctionProduct all = exact.apply(operator, vector, f, 2 * n);
          FunctionProduct some = exact.apply(operator, vector, f, 12);
          FunctionProduct one = exact.apply(operator, vector, f, 1)) {
        assertEquals(0, all.value().distance(wanted), 1e-10 * wanted.norm2());
        assertTrue(all.products() <= n);
        assertEquals(12, some.products());
        // The estimate is of the size of the error, where it is any good.
        double error = some.value().distance(wanted);
        assertTrue(error < 50 * some.error() + 1e-10 * wanted.norm2(), error + " " + some.error());
        assertTrue(one.value().distance(wanted) > error);
      }
    }
    try (ParameterVector none = space.vector(new double[n]);
        LinearOperator operator = space.operator(DenseSpace.matrix(5, spectrum));
        FunctionProduct nothing = exact.apply(operator, none, Math::exp, 3)) {
      assertEquals(0, nothing.value().norm2());
    }
    assertEquals(0, space.open());
  }

  @Test
  void startsWherePowerIterationDoes() {
    LinearOperator operator = operator(5, 3, 2, 1);
    double last = 0;
    for (long seed = 1; seed <= 3; seed++) {
      try (EigenPairs one = exact.withSeed(seed).withMaxProducts(1).run(operator, End.LARGEST, 1);
          DominantEigenvalue power =
              new PowerIteration().withSeed(seed).withMaxProducts(1).run(operator)) {
        assertEquals(power.value(), one.first().value(), 1e-12);
        assertNotEquals(last, one.first().value(), 1e-3);
        last = one.first().value();
      }
    }
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
  @Tag("slow")
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
  void refusesWhatCannotBeAndLeaksNothing() {
    LinearOperator operator = operator(1, 2);
    Lanczos lanczos = new Lanczos();
    assertThrows(IllegalArgumentException.class, () -> lanczos.run(operator, End.LARGEST, 3));
    assertThrows(IllegalArgumentException.class, () -> lanczos.run(operator, End.LARGEST, 0));
    assertThrows(IllegalArgumentException.class, () -> lanczos.withTolerance(1));
    assertThrows(IllegalArgumentException.class, () -> lanczos.withMaxProducts(0));
    assertThrows(IllegalArgumentException.class, () -> lanczos.density(operator, 0, 3));
    assertThrows(IllegalArgumentException.class, () -> lanczos.density(operator, 1, 0));
    LinearOperator broken = space.operator(new double[][] {{Double.NaN, 0}, {0, 1}});
    assertThrows(ArithmeticException.class, () -> lanczos.run(broken, End.LARGEST, 1));
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> lanczos.run(operator, End.LARGEST, 1));
    assertFalse(Thread.interrupted());
    assertEquals(0, space.open());
  }
}
