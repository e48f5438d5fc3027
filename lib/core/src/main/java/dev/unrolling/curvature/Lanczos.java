package dev.unrolling.curvature;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.ParameterVector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/**
 * Eigenvalues of either end of a symmetric operator's spectrum, and the density of all of them, by
 * the Lanczos method with full reorthogonalisation. Stops when \( \|Hv - \theta v\| \le \epsilon
 * |\theta| \) holds for every wanted pair, or the products are used up. Immutable.
 *
 * <p>It keeps every vector of its basis, as many as products are taken: at 11 million weights in
 * float32 that is 45 MB a product. Near-equal eigenvalues need a tolerance finer than their
 * distance to be told apart; exactly equal ones are found as often as they occur once the space of
 * the first start vector is exhausted, and as one before that.
 *
 * <p>From the same start it needs no more products than {@link PowerIteration}, and far fewer where
 * the second eigenvalue is near the first: for a ResNet-8 trained with the SD loss, at a ratio of
 * 0.71 to 0.85, 8 or 9 beside 18 to 33. {@code environment/benchmark --eigenvalues} prints the
 * table. References: Golub and Van Loan, <i>Matrix Computations</i>, section 10.1; Golub and
 * Meurant, <i>Matrices, Moments and Quadrature</i>, chapter 4, for the density.
 */
public final class Lanczos {

  /** Which eigenvalues are wanted. */
  public enum End {
    /** The largest, with their signs. */
    LARGEST(value -> value),
    /** The smallest, with their signs: the most negative first. */
    SMALLEST(value -> -value),
    /** Those of largest absolute value, as in {@link PowerIteration}. */
    LARGEST_MAGNITUDE(Math::abs);

    private final ToDoubleFunction<Double> rank;

    End(ToDoubleFunction<Double> rank) {
      this.rank = rank;
    }

    private double rank(RitzPair pair) {
      return rank.applyAsDouble(pair.value());
    }
  }

  private final StoppingCriterion stopping;

  /**
   * Lanczos with the defaults of {@link PowerIteration}: relative residuals of 1e-3, at most 100
   * products, seed 12345.
   */
  public Lanczos() {
    this(StoppingCriterion.DEFAULT);
  }

  private Lanczos(StoppingCriterion stopping) {
    this.stopping = stopping;
  }

  /** This algorithm with another relative residual, in (0, 1), that counts as converged. */
  public Lanczos withTolerance(double tolerance) {
    return new Lanczos(stopping.withTolerance(tolerance));
  }

  /** This algorithm with another bound, at least 1, on the products: the memory goes with it. */
  public Lanczos withMaxProducts(int maxProducts) {
    return new Lanczos(stopping.withMaxProducts(maxProducts));
  }

  /** This algorithm with other random vectors. The first is that of {@link PowerIteration}. */
  public Lanczos withSeed(long seed) {
    return new Lanczos(stopping.withSeed(seed));
  }

  /**
   * Finds eigenpairs of one end.
   *
   * @param operator symmetric; unchanged and not closed
   * @param end which are wanted
   * @param count how many, 1 to {@code operator.size()}
   * @return a result that the caller closes; it holds fewer pairs than wanted only if fewer
   *     products were allowed
   * @throws ArithmeticException if a product is not finite
   * @throws CancellationException if the thread is interrupted
   */
  public EigenPairs run(LinearOperator operator, End end, int count) {
    if (count < 1 || count > operator.size()) {
      throw new IllegalArgumentException(
          "1 to " + operator.size() + " eigenvalues can be wanted, not " + count);
    }
    SplittableRandom random = stopping.random();
    ParameterVector start = StartVectors.uniform(operator, random);
    try (KrylovBasis basis = new KrylovBasis(operator, start, random)) {
      while (true) {
        basis.extend();
        List<RitzPair> wanted = outermost(basis.ritzPairs(), end, count);
        if (isSettled(basis, wanted, end, count)
            || basis.isFull()
            || basis.size() == stopping.maxProducts()) {
          return result(basis, wanted);
        }
      }
    }
  }

  /**
   * Finds the eigenvalue of largest absolute value, as {@link PowerIteration#run(LinearOperator)}
   * does, in fewer products.
   *
   * @param operator symmetric; unchanged and not closed
   * @return a result that the caller closes
   * @throws ArithmeticException if a product is not finite
   * @throws CancellationException if the thread is interrupted
   */
  public DominantEigenvalue dominant(LinearOperator operator) {
    EigenPairs found = run(operator, End.LARGEST_MAGNITUDE, 1);
    EigenPair top = found.first();
    // What is left of Hv is orthogonal to v.
    double bound = Math.hypot(top.value(), top.bound());
    return new DominantEigenvalue(
        top.value(), top.vector(), bound, top.residual(), top.converged(), found.products());
  }

  /**
   * A function of an operator times a vector, \( f(H) b \approx \|b\| V f(T) e_1 \), where V is the
   * basis that Lanczos grows from b and T the operator in it: exact for polynomials of degree below
   * the number of products, and where the space that b spans is exhausted. No eigenvector is
   * needed. The tolerance and the seed play no part. Reference: Saad (1992), <i>Analysis of some
   * Krylov subspace approximations to the matrix exponential operator</i>.
   *
   * @param operator symmetric; unchanged and not closed
   * @param vector b; unchanged
   * @param function f, of an eigenvalue
   * @param products m, at least 1; fewer are taken where fewer are exact
   * @return a result that the caller closes
   * @throws ArithmeticException if a product or a value of f is not finite
   * @throws CancellationException if the thread is interrupted
   */
  public FunctionProduct apply(
      LinearOperator operator, ParameterVector vector, DoubleUnaryOperator function, int products) {
    if (products < 1) {
      throw new IllegalArgumentException("at least 1 product is needed, not " + products);
    }
    double norm = vector.norm2();
    if (norm == 0) {
      return new FunctionProduct(vector.copy(), 0, 0);
    }
    try (KrylovBasis basis = new KrylovBasis(operator, vector.copy(), stopping.random())) {
      do {
        basis.extend();
      } while (basis.size() < products && !basis.blockIsExhausted());
      double[] coefficients = new double[basis.size()];
      for (RitzPair pair : basis.ritzPairs()) {
        double weight = norm * pair.coefficients()[0] * function.applyAsDouble(pair.value());
        if (!Double.isFinite(weight)) {
          throw new ArithmeticException(
              "the function is " + function.applyAsDouble(pair.value()) + " at " + pair.value());
        }
        for (int i = 0; i < coefficients.length; i++) {
          coefficients[i] += weight * pair.coefficients()[i];
        }
      }
      double last = basis.blockIsExhausted() ? 0 : Math.abs(coefficients[coefficients.length - 1]);
      return new FunctionProduct(basis.sum(coefficients), last, basis.size());
    }
  }

  private static List<RitzPair> outermost(List<RitzPair> pairs, End end, int count) {
    return pairs.stream()
        .sorted(Comparator.<RitzPair>comparingDouble(end::rank).reversed())
        .limit(count)
        .toList();
  }

  /** Whether all wanted pairs have converged and no copy of one can have been missed. */
  private boolean isSettled(KrylovBasis basis, List<RitzPair> wanted, End end, int count) {
    if (wanted.size() < count || !wanted.stream().allMatch(pair -> isConverged(basis, pair))) {
      return false;
    }
    int earlier = basis.earlierBlocks();
    if (earlier == 0) {
      return !basis.blockIsExhausted();
    }
    // A later block looks for copies: it has done so when its outermost pair is none that is
    // wanted.
    RitzPair outermost = outermost(basis.ritzPairs(earlier, basis.size()), end, 1).get(0);
    List<RitzPair> known = outermost(basis.ritzPairs(0, earlier), end, count);
    return isConverged(basis, outermost)
        && known.size() == count
        && end.rank(known.get(count - 1))
            >= end.rank(outermost) - stopping.tolerance() * Math.abs(outermost.value());
  }

  private boolean isConverged(KrylovBasis basis, RitzPair pair) {
    return pair.bound()
        <= Math.max(stopping.tolerance() * Math.abs(pair.value()), basis.roundingLevel());
  }

  private EigenPairs result(KrylovBasis basis, List<RitzPair> wanted) {
    List<EigenPair> pairs = new ArrayList<>();
    for (RitzPair pair : wanted) {
      pairs.add(
          new EigenPair(
              pair.value(),
              basis.combine(pair.coefficients()),
              pair.bound(),
              isConverged(basis, pair)));
    }
    return new EigenPairs(pairs, basis.size());
  }

  /**
   * Estimates the density of the whole spectrum by stochastic Lanczos quadrature: each random probe
   * of entries -1 and 1 gives a measure whose first {@code 2 products - 1} moments are right for
   * the probe, and on average over probes for the spectrum.
   *
   * @param operator symmetric; unchanged and not closed
   * @param probes at least 1; the error falls with their root
   * @param products of each probe, at least 1; fewer are taken where fewer are exact
   * @throws ArithmeticException if a product is not finite
   * @throws CancellationException if the thread is interrupted
   */
  public SpectralDensity density(LinearOperator operator, int probes, int products) {
    if (probes < 1 || products < 1) {
      throw new IllegalArgumentException(
          "a density needs at least 1 probe of at least 1 product, not "
              + probes
              + " of "
              + products);
    }
    return SpectralDensity.of(operator, probes, products, stopping.random());
  }
}
