package dev.unrolling.curvature;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.ParameterVector;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.apache.commons.math3.linear.EigenDecomposition;

/**
 * An orthonormal basis in which an operator is tridiagonal, grown by one product at a time. Each
 * new vector is made orthogonal to all before it, twice, so rounding brings no false copies of an
 * eigenvalue. Where the space of the start vector is exhausted, the basis goes on in a new block
 * from a random vector that is orthogonal to what it has.
 */
final class KrylovBasis implements AutoCloseable {

  /** What remains of a product, relative to the operator's size, that counts as rounding. */
  private static final double ROUNDING = 1e-12;

  private final LinearOperator operator;
  private final SplittableRandom random;
  private final List<ParameterVector> vectors = new ArrayList<>();
  private final List<Double> diagonal = new ArrayList<>();
  private final List<Double> offDiagonal = new ArrayList<>();
  private ParameterVector next;
  private double nextNorm;
  private double scale;
  private int blockStart;

  /**
   * A basis without vectors yet.
   *
   * @param operator not owned
   * @param start not zero; taken over
   * @param random for later blocks
   */
  KrylovBasis(LinearOperator operator, ParameterVector start, SplittableRandom random) {
    this.operator = operator;
    this.random = random;
    this.next = start.scaleInPlace(1 / start.norm2());
  }

  /**
   * Adds a vector to the basis, at the cost of one product. Not to be called when {@link #isFull}.
   *
   * @throws ArithmeticException if the product is not finite
   * @throws CancellationException if the thread is interrupted
   */
  void extend() {
    if (Thread.interrupted()) {
      throw new CancellationException("Lanczos was interrupted after " + size() + " products");
    }
    if (!vectors.isEmpty()) {
      if (blockIsExhausted()) {
        beginBlock();
      } else {
        next.scaleInPlace(1 / nextNorm);
        offDiagonal.add(nextNorm);
      }
    }
    ParameterVector last = next;
    vectors.add(last);
    next = operator.apply(last);
    double alpha = last.dot(next);
    if (!Double.isFinite(alpha)) {
      throw new ArithmeticException(
          "product " + size() + " gives " + alpha + ": are the weights finite?");
    }
    diagonal.add(alpha);
    scale = Math.max(scale, next.norm2());
    nextNorm = orthogonalise(next);
  }

  private void beginBlock() {
    blockStart = size();
    offDiagonal.add(0.0);
    next.close();
    next = StartVectors.uniform(operator, random);
    next.scaleInPlace(1 / next.norm2());
    next.scaleInPlace(1 / orthogonalise(next));
    // In a space that is nearly full little is left of a random vector: clean it once more.
    next.scaleInPlace(1 / orthogonalise(next));
  }

  /** Takes away what lies in the span of the basis; returns the norm of the rest. */
  private double orthogonalise(ParameterVector vector) {
    for (int pass = 0; pass < 2; pass++) {
      for (int i = size() - 1; i >= 0; i--) {
        vector.addInPlace(-vector.dot(vectors.get(i)), vectors.get(i));
      }
    }
    return vector.norm2();
  }

  /** Number of vectors, and of products so far. */
  int size() {
    return vectors.size();
  }

  /** Whether the basis spans the whole space. */
  boolean isFull() {
    return size() == operator.size();
  }

  /** Whether the latest block spans an invariant space: its pairs are exact. */
  boolean blockIsExhausted() {
    return isFull() || nextNorm <= ROUNDING * scale;
  }

  /** Number of vectors of the blocks before the latest: 0 in the first. */
  int earlierBlocks() {
    return blockStart;
  }

  /** The smallest residual that can be told from rounding. */
  double roundingLevel() {
    return ROUNDING * scale;
  }

  /** The eigenpairs of the operator restricted to the span of the basis. */
  List<RitzPair> ritzPairs() {
    return ritzPairs(0, size());
  }

  /** The eigenpairs of some whole blocks, those of the vectors {@code from .. to - 1}. */
  List<RitzPair> ritzPairs(int from, int to) {
    double[] main = toArray(diagonal.subList(from, to));
    double[] below = toArray(offDiagonal.subList(from, to - 1));
    EigenDecomposition eigen = new EigenDecomposition(main, below);
    boolean latest = to == size() && !blockIsExhausted();
    List<RitzPair> pairs = new ArrayList<>();
    for (int i = 0; i < to - from; i++) {
      double[] coefficients = eigen.getEigenvector(i).toArray();
      double bound = latest ? nextNorm * Math.abs(coefficients[to - from - 1]) : 0;
      pairs.add(new RitzPair(eigen.getRealEigenvalue(i), coefficients, bound));
    }
    return pairs;
  }

  private static double[] toArray(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** The vector of given coefficients in the whole basis, of norm 1, which the caller closes. */
  ParameterVector combine(double[] coefficients) {
    ParameterVector sum = sum(coefficients);
    return sum.scaleInPlace(1 / sum.norm2());
  }

  /** The vector of given coefficients in the whole basis, which the caller closes. */
  ParameterVector sum(double[] coefficients) {
    ParameterVector sum = vectors.get(0).copy().scaleInPlace(coefficients[0]);
    for (int i = 1; i < size(); i++) {
      sum.addInPlace(coefficients[i], vectors.get(i));
    }
    return sum;
  }

  @Override
  public void close() {
    vectors.forEach(ParameterVector::close);
    next.close();
  }
}
