package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.ParameterVector;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A rank-1 array as a vector in weight space. */
final class Dl4jVector implements ParameterVector {

  private final Dl4jEngine engine;
  private final INDArray array;
  private boolean closed;

  /** Takes over an array that nothing else refers to. */
  Dl4jVector(Dl4jEngine engine, INDArray taken) {
    this.engine = engine;
    this.array = taken;
  }

  INDArray array() {
    if (closed) {
      throw new IllegalStateException("the vector was closed");
    }
    return array;
  }

  @Override
  public long size() {
    return array().length();
  }

  @Override
  public ParameterVector copy() {
    return new Dl4jVector(engine, array().dup());
  }

  @Override
  public ParameterVector addInPlace(double scale, ParameterVector other) {
    add(array(), scale, compatible(other, engine, size()));
    return this;
  }

  /** {@code target += scale * summand} in one pass. */
  static void add(INDArray target, double scale, INDArray summand) {
    Nd4j.getBlasWrapper().level1().axpy(target.length(), scale, summand, target);
  }

  @Override
  public ParameterVector scaleInPlace(double scale) {
    if (Double.isNaN(scale)) {
      // ND4J takes a factor that is not a number for a small random one.
      array().assign(scale);
    } else {
      array().muli(scale);
    }
    return this;
  }

  @Override
  public ParameterVector multiplyInPlace(ParameterVector other) {
    array().muli(compatible(other, engine, size()));
    return this;
  }

  @Override
  public double dot(ParameterVector other) {
    return dot(array(), compatible(other, engine, size()));
  }

  /** Inner product, accumulated in float64. */
  static double dot(INDArray a, INDArray b) {
    return Nd4j.getBlasWrapper()
        .level1()
        .dot(a.length(), 1, a.castTo(DataType.DOUBLE), b.castTo(DataType.DOUBLE));
  }

  @Override
  public double norm2() {
    return Nd4j.getBlasWrapper().level1().nrm2(array().castTo(DataType.DOUBLE));
  }

  @Override
  public INDArray toArray() {
    return array().dup();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      array.close();
    }
  }

  /** The array of a vector that must be of this engine and of so many values. */
  static INDArray compatible(ParameterVector vector, Dl4jEngine engine, long size) {
    if (!(vector instanceof Dl4jVector other)) {
      throw new IllegalArgumentException(
          "a vector of engine dl4j was expected, not a " + vector.getClass().getSimpleName());
    }
    if (!other.engine.equals(engine) || other.size() != size) {
      throw new IllegalArgumentException(
          "a vector of "
              + size
              + " values in "
              + engine.precision()
              + " on "
              + engine.device()
              + " was expected, not of "
              + other.size()
              + " in "
              + other.engine.precision()
              + " on "
              + other.engine.device());
    }
    return other.array();
  }
}
