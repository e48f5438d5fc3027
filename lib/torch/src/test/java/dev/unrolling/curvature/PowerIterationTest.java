package dev.unrolling.curvature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Fixtures;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PowerIterationTest {

  private final DenseSpace space = new DenseSpace();

  private LinearOperator operator(double... spectrum) {
    return space.operator(DenseSpace.matrix(7, spectrum));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void findsTheLargestOfAKnownSpectrum(long seed) {
    try (DominantEigenvalue found =
        new PowerIteration().withSeed(seed).run(operator(5, 3, 2, 1, -1, 0.5))) {
      assertTrue(found.converged());
      // A residual r puts an eigenvalue within r |lambda|; the square of it is what is left here.
      assertEquals(5, found.value(), 5e-3);
      assertEquals(5, found.sigma(), 5e-3);
      assertTrue(found.residual() <= 1e-3);
      assertTrue(found.products() > 1 && found.products() < 100);
      assertEquals(1, found.vector().norm2(), 1e-12);
    }
  }

  @Test
  void findsTheVector() {
    double[][] q = DenseSpace.reflection(7, 4);
    double[] first = {q[0][0], q[1][0], q[2][0], q[3][0]};
    try (DominantEigenvalue found =
        new PowerIteration().withTolerance(1e-10).run(operator(8, 2, 1, 0))) {
      assertTrue(found.converged());
      assertEquals(1, Math.abs(found.vector().dot(space.vector(first))), 1e-12);
      assertEquals(8, found.value(), 1e-12);
    }
  }

  @Test
  void keepsTheSignOfANegativeDominantEigenvalue() {
    try (DominantEigenvalue found = new PowerIteration().run(operator(-7, 4, 3, 1))) {
      assertTrue(found.converged());
      assertEquals(-7, found.value(), 7e-3);
      assertEquals(7, found.sigma(), 7e-3);
    }
  }

  @Test
  void aTieOfOppositeSignsIsNotConvergedAndBounded() {
    try (DominantEigenvalue found = new PowerIteration().run(operator(4, -4, 1, 0.5))) {
      assertFalse(found.converged());
      assertEquals(100, found.products());
      assertTrue(found.residual() > 1e-3);
      assertEquals(4, found.bound(), 1e-9);
      assertEquals(4, found.sigma(), 1e-9);
      assertTrue(Math.abs(found.value()) < 4);
    }
  }

  @Test
  void aTieOfOneSignConverges() {
    try (DominantEigenvalue found = new PowerIteration().run(operator(4, 4, 1, 0.5))) {
      assertTrue(found.converged());
      assertEquals(4, found.value(), 4e-3);
    }
  }

  @Test
  void theBoundNeverExceedsTheLargestEigenvalue() {
    for (int products = 1; products <= 10; products++) {
      try (DominantEigenvalue found =
          new PowerIteration().withMaxProducts(products).run(operator(3, 2.9, -2.8, 1))) {
        assertTrue(found.bound() <= 3 + 1e-12);
        assertTrue(found.bound() >= Math.abs(found.value()));
        assertEquals(products, found.products());
      }
    }
  }

  @Test
  void theZeroOperatorHasEigenvalueZero() {
    try (DominantEigenvalue found = new PowerIteration().run(operator(0, 0, 0))) {
      assertTrue(found.converged());
      assertEquals(0, found.value());
      assertEquals(0, found.sigma());
      assertEquals(1, found.products());
    }
  }

  @Test
  void holdsThreeVectorsAtMost() {
    new PowerIteration().run(operator(4, -4, 1, 0.5)).close();
    assertTrue(space.mostOpen() <= 3, () -> "held " + space.mostOpen());
    assertEquals(0, space.open());
  }

  @Test
  void aWarmStartSavesProducts() {
    LinearOperator operator = operator(5, 4.5, 3, 1);
    try (DominantEigenvalue cold = new PowerIteration().run(operator);
        DominantEigenvalue warm = new PowerIteration().run(operator, cold.vector())) {
      assertTrue(cold.products() > 10);
      assertTrue(warm.products() <= 2);
      assertEquals(5, warm.value(), 5e-3);
    }
  }

  @Test
  void aWarmStartInTheNullSpaceFallsBack() {
    double[][] q = DenseSpace.reflection(7, 3);
    double[] inKernel = {q[0][2], q[1][2], q[2][2]};
    LinearOperator exact = space.operator(new double[][] {{3, 0, 0}, {0, 1, 0}, {0, 0, 0}});
    try (ParameterVector start = space.vector(0, 0, 1);
        DominantEigenvalue cold = new PowerIteration().run(exact);
        DominantEigenvalue found = new PowerIteration().run(exact, start)) {
      assertEquals(3, found.value(), 3e-3);
      assertEquals(cold.value(), found.value());
      // The product that gave 0 counts.
      assertEquals(cold.products() + 1, found.products());
    }
    assertEquals(0, space.open());
    try (DominantEigenvalue found =
        new PowerIteration().run(operator(3, 1, 0), space.vector(inKernel))) {
      assertEquals(3, found.value(), 3e-3);
    }
  }

  @Test
  void aResidualAtTheToleranceCounts() {
    LinearOperator operator = operator(5, 3, 2, 1, -1, 0.5);
    try (DominantEigenvalue three = new PowerIteration().withMaxProducts(3).run(operator);
        DominantEigenvalue found =
            new PowerIteration().withTolerance(three.residual()).run(operator)) {
      assertFalse(three.converged());
      assertTrue(found.converged());
      assertEquals(3, found.products());
      assertEquals(three.residual(), found.residual());
    }
  }

  @Test
  void theStartIsUniformBetweenMinusOneAndOne() {
    SplittableRandom generator = new SplittableRandom(PowerIteration.DEFAULT_SEED);
    LinearOperator operator = operator(1, 2, 3, 4, 5, 6, 7, 8);
    try (ParameterVector start =
        StartVectors.uniform(operator, new SplittableRandom(PowerIteration.DEFAULT_SEED))) {
      double[] values = start.toArray().toDoubleVector();
      for (double value : values) {
        assertEquals(2 * generator.nextDouble() - 1, value);
      }
      assertTrue(Arrays.stream(values).anyMatch(value -> value < 0));
    }
  }

  @Test
  void whatStopsItLeaksNothing() {
    LinearOperator broken = space.operator(new double[][] {{Double.NaN, 0}, {0, 1}});
    String message =
        assertThrows(ArithmeticException.class, () -> new PowerIteration().run(broken))
            .getMessage();
    assertTrue(message.contains("product 1 has norm NaN"), message);
    assertEquals(0, space.open());
    LinearOperator slow = operator(3, 2.9, 1);
    Thread.currentThread().interrupt();
    message =
        assertThrows(CancellationException.class, () -> new PowerIteration().run(slow))
            .getMessage();
    assertTrue(message.contains("after 1 products"), message);
    assertEquals(0, space.open());
  }

  @Test
  void refusesWhatCannotBe() {
    LinearOperator operator = operator(1, 2);
    PowerIteration power = new PowerIteration();
    assertThrows(IllegalArgumentException.class, () -> power.run(operator, space.vector(0, 0)));
    assertThrows(IllegalArgumentException.class, () -> power.run(operator, space.vector(1, 0, 0)));
    assertThrows(IllegalArgumentException.class, () -> power.withTolerance(0));
    assertThrows(IllegalArgumentException.class, () -> power.withMaxProducts(0));
  }

  @Test
  void agreesWithTheCovarianceOfRealFeatures() {
    // Half the squared error of a linear model has the Hessian I (x) (1/b) sum x~ x~^T, where x~ is
    // the features and a 1 for the bias.
    Dataset features = Fixtures.features();
    Batch batch = Batch.of(features, IntStream.range(0, 40).toArray());
    int n = features.exampleSize() + 1;
    double[][] covariance = new double[n][n];
    for (int index : batch.indices()) {
      double[] x = new double[n];
      features.writeExample(index, x, 0);
      x[n - 1] = 1;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          covariance[i][j] += x[i] * x[j] / batch.size();
        }
      }
    }
    PowerIteration tight = new PowerIteration().withTolerance(1e-9).withMaxProducts(1000);
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 1);
        LinearOperator hessian = network.hessian(batch, Objective.squaredError(), Mode.TRAINING);
        DominantEigenvalue expected = tight.run(space.operator(covariance));
        DominantEigenvalue found = tight.run(hessian);
        ParameterVector product = hessian.apply(found.vector())) {
      assertTrue(expected.converged() && found.converged());
      assertEquals(expected.value(), found.value(), 1e-9 * expected.value());
      assertEquals(found.bound(), product.norm2(), 1e-9 * found.bound());
    }
  }
}
