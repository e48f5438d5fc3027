package dev.unrolling.engine.linear;

import dev.unrolling.engine.ParameterVector;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An array as a vector in weight space. */
final class DoubleVector implements ParameterVector {

  private final double[] values;
  private boolean closed;

  /** Takes over the array. */
  DoubleVector(double[] values) {
    this.values = values;
  }

  /** The values of a vector, which must be of this engine and of so many values; not copied. */
  static double[] compatible(ParameterVector vector, int size) {
    if (!(vector instanceof DoubleVector other)) {
      throw new IllegalArgumentException(
          "a vector of engine linear was expected, not a " + vector.getClass().getSimpleName());
    }
    if (other.open().length != size) {
      throw new IllegalArgumentException(
          "a vector of " + size + " values was expected, not of " + other.values.length);
    }
    return other.values;
  }

  /** A copy of an array's values. */
  static double[] values(INDArray array) {
    return array.isEmpty()
        ? new double[0]
        : array.castTo(DataType.DOUBLE).dup('c').toDoubleVector();
  }

  /** A copy of values as an array of rank 1. */
  static INDArray array(double[] values) {
    return values.length == 0 ? Nd4j.empty(DataType.DOUBLE) : Nd4j.createFromArray(values);
  }

  private double[] open() {
    if (closed) {
      throw new IllegalStateException("the vector was closed");
    }
    return values;
  }

  @Override
  public long size() {
    return open().length;
  }

  @Override
  public ParameterVector copy() {
    return new DoubleVector(open().clone());
  }

  @Override
  public ParameterVector addInPlace(double scale, ParameterVector other) {
    add(scale, compatible(other, open().length), 0, values, 0, values.length);
    return this;
  }

  @Override
  public ParameterVector scaleInPlace(double scale) {
    double[] own = open();
    for (int i = 0; i < own.length; i++) {
      own[i] *= scale;
    }
    return this;
  }

  @Override
  public ParameterVector multiplyInPlace(ParameterVector other) {
    double[] factors = compatible(other, open().length);
    for (int i = 0; i < factors.length; i++) {
      values[i] *= factors[i];
    }
    return this;
  }

  @Override
  public double dot(ParameterVector other) {
    return dot(compatible(other, open().length), 0, values, 0, values.length);
  }

  @Override
  public double norm2() {
    return Math.sqrt(dot(open(), 0, values, 0, values.length));
  }

  @Override
  public INDArray toArray() {
    return array(open());
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Adds a multiple of a part of one array to a part of another. */
  static void add(double scale, double[] from, int start, double[] to, int at, int length) {
    for (int i = 0; i < length; i++) {
      to[at + i] += scale * from[start + i];
    }
  }

  /** Inner product of two parts, in four sums side by side, so that none waits for another. */
  static double dot(double[] one, int start, double[] other, int at, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < length; i += 4) {
      a += one[start + i] * other[at + i];
      b += one[start + i + 1] * other[at + i + 1];
      c += one[start + i + 2] * other[at + i + 2];
      d += one[start + i + 3] * other[at + i + 3];
    }
    for (; i < length; i++) {
      a += one[start + i] * other[at + i];
    }
    return a + b + (c + d);
  }
}
