package dev.unrolling.curvature;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.ParameterVector;
import java.util.concurrent.CancellationException;

/**
 * The eigenvalue of largest absolute value of a symmetric operator, by repeated products: \( v
 * \leftarrow Hv / \|Hv\| \), \( \lambda = v^T H v \), until \( \|Hv - \lambda v\| \le \epsilon
 * |\lambda| \) or the products are used up. Holds three vectors. Immutable.
 *
 * <p>Convergence goes with the ratio of the two largest |eigenvalues|. Where they are equal and of
 * opposite signs, \( \lambda \) does not settle; the result then says so and its bound is the
 * estimate to use. Reference: Golub and Van Loan, <i>Matrix Computations</i>, section 8.2.
 */
public final class PowerIteration {

  /** Relative residual that counts as converged unless said otherwise. */
  public static final double DEFAULT_TOLERANCE = 1e-3;

  /** Most products taken unless said otherwise. */
  public static final int DEFAULT_MAX_PRODUCTS = 100;

  /** Seed of the start vector unless said otherwise. */
  public static final long DEFAULT_SEED = 12345;

  private final StoppingCriterion stopping;

  /** Power iteration to a relative residual of 1e-3, in at most 100 products, from seed 12345. */
  public PowerIteration() {
    this(StoppingCriterion.DEFAULT);
  }

  private PowerIteration(StoppingCriterion stopping) {
    this.stopping = stopping;
  }

  /** This algorithm with another relative residual, in (0, 1), that counts as converged. */
  public PowerIteration withTolerance(double tolerance) {
    return new PowerIteration(stopping.withTolerance(tolerance));
  }

  /** This algorithm with another bound, at least 1, on the products. */
  public PowerIteration withMaxProducts(int maxProducts) {
    return new PowerIteration(stopping.withMaxProducts(maxProducts));
  }

  /** This algorithm with another start vector. */
  public PowerIteration withSeed(long seed) {
    return new PowerIteration(stopping.withSeed(seed));
  }

  /**
   * Finds the eigenvalue from the seeded start vector.
   *
   * @param operator symmetric; unchanged and not closed
   * @return a result that the caller closes
   * @throws ArithmeticException if a product is not finite
   * @throws CancellationException if the thread is interrupted
   */
  public DominantEigenvalue run(LinearOperator operator) {
    return iterate(operator, StartVectors.uniform(operator, stopping.random()));
  }

  /**
   * Finds the eigenvalue from a vector that is near, such as the result of an earlier step. A start
   * that is an eigenvector already stays there, even if another eigenvalue is larger by now. Where
   * the product with it is zero, the seeded start is used.
   *
   * @param operator symmetric; unchanged and not closed
   * @param start not zero; unchanged
   * @return a result that the caller closes
   * @throws IllegalArgumentException if the start is zero, not finite or of another size
   * @throws ArithmeticException if a product is not finite
   * @throws CancellationException if the thread is interrupted
   */
  public DominantEigenvalue run(LinearOperator operator, ParameterVector start) {
    double norm = start.norm2();
    if (start.size() != operator.size() || !(norm > 0) || Double.isInfinite(norm)) {
      throw new IllegalArgumentException(
          "a start vector must have "
              + operator.size()
              + " values and a positive, finite norm, not "
              + start.size()
              + " values of norm "
              + norm);
    }
    DominantEigenvalue found = iterate(operator, start.copy());
    if (found.bound() > 0) {
      return found;
    }
    found.close();
    DominantEigenvalue second = run(operator);
    return new DominantEigenvalue(
        second.value(),
        second.vector(),
        second.bound(),
        second.residual(),
        second.converged(),
        second.products() + found.products());
  }

  /** Takes over the start vector. */
  private DominantEigenvalue iterate(LinearOperator operator, ParameterVector start) {
    ParameterVector vector = start.scaleInPlace(1 / start.norm2());
    for (int products = 1; ; products++) {
      ParameterVector product = operator.apply(vector);
      double value = vector.dot(product);
      double bound = product.norm2();
      if (!Double.isFinite(bound)) {
        product.close();
        vector.close();
        throw new ArithmeticException(
            "the product " + products + " has norm " + bound + ": are the weights finite?");
      }
      double residual = relativeResidual(product, value, bound, vector);
      if (residual <= stopping.tolerance() || products == stopping.maxProducts()) {
        product.close();
        return new DominantEigenvalue(
            value, vector, bound, residual, residual <= stopping.tolerance(), products);
      }
      vector.close();
      vector = product.scaleInPlace(1 / bound);
      if (Thread.interrupted()) {
        vector.close();
        throw new CancellationException(
            "power iteration was interrupted after " + products + " products");
      }
    }
  }

  private static double relativeResidual(
      ParameterVector product, double value, double bound, ParameterVector vector) {
    if (bound == 0) {
      return 0;
    }
    try (ParameterVector difference = product.copy()) {
      return difference.addInPlace(-value, vector).norm2() / Math.abs(value);
    }
  }
}
