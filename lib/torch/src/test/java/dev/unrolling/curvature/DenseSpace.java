package dev.unrolling.curvature;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.ParameterVector;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A vector space on Java arrays, which counts the vectors that are open. */
public final class DenseSpace {

  private int open;
  private int mostOpen;

  /** Most vectors that were open at once. */
  public int mostOpen() {
    return mostOpen;
  }

  /** Vectors that are open. */
  public int open() {
    return open;
  }

  /** A vector of these values. */
  public ParameterVector vector(double... values) {
    return new Vector(values.clone());
  }

  /** The map of a symmetric matrix. */
  public LinearOperator operator(double[][] matrix) {
    return new Matrix(matrix);
  }

  /**
   * A full symmetric matrix of a known spectrum: Q diag(spectrum) Q with a reflection {@code Q = I
   * - 2 u u^T} of a random unit u, whose eigenvectors are the columns of Q.
   */
  public static double[][] matrix(long seed, double... spectrum) {
    int n = spectrum.length;
    double[][] q = reflection(seed, n);
    double[][] matrix = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < n; k++) {
          matrix[i][j] += q[i][k] * spectrum[k] * q[j][k];
        }
      }
    }
    return matrix;
  }

  /** The matrix whose column k is the eigenvector of entry k of a spectrum. */
  public static double[][] reflection(long seed, int n) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] u = random.doubles(n, -1, 1).toArray();
    double squares = 0;
    for (double value : u) {
      squares += value * value;
    }
    double[][] q = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        q[i][j] = (i == j ? 1 : 0) - 2 * u[i] * u[j] / squares;
      }
    }
    return q;
  }

  private final class Matrix implements LinearOperator {
    private final double[][] rows;

    Matrix(double[][] rows) {
      this.rows = rows;
    }

    @Override
    public ParameterVector apply(ParameterVector vector) {
      double[] v = ((Vector) vector).values;
      double[] product = new double[rows.length];
      for (int i = 0; i < rows.length; i++) {
        for (int j = 0; j < v.length; j++) {
          product[i] += rows[i][j] * v[j];
        }
      }
      return new Vector(product);
    }

    @Override
    public ParameterVector vector(double[] values) {
      return new Vector(values.clone());
    }

    @Override
    public long size() {
      return rows.length;
    }

    @Override
    public void close() {}
  }

  private final class Vector implements ParameterVector {
    private final double[] values;
    private boolean closed;

    Vector(double[] values) {
      this.values = values;
      mostOpen = Math.max(mostOpen, ++open);
    }

    @Override
    public long size() {
      return values.length;
    }

    @Override
    public ParameterVector copy() {
      return new Vector(values.clone());
    }

    @Override
    public ParameterVector addInPlace(double scale, ParameterVector other) {
      for (int i = 0; i < values.length; i++) {
        values[i] += scale * ((Vector) other).values[i];
      }
      return this;
    }

    @Override
    public ParameterVector scaleInPlace(double scale) {
      for (int i = 0; i < values.length; i++) {
        values[i] *= scale;
      }
      return this;
    }

    @Override
    public ParameterVector multiplyInPlace(ParameterVector other) {
      for (int i = 0; i < values.length; i++) {
        values[i] *= ((Vector) other).values[i];
      }
      return this;
    }

    @Override
    public double dot(ParameterVector other) {
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += values[i] * ((Vector) other).values[i];
      }
      return sum;
    }

    @Override
    public double norm2() {
      return Math.sqrt(dot(this));
    }

    @Override
    public INDArray toArray() {
      return Nd4j.createFromArray(values.clone());
    }

    @Override
    public void close() {
      open -= closed ? 0 : 1;
      closed = true;
    }
  }
}
