package dev.unrolling.engine;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A vector in weight space, of p values; it lives where its engine computes. Operations between
 * vectors of different engines, devices, precisions or sizes fail with an {@link
 * IllegalArgumentException} that names both.
 */
public interface ParameterVector extends AutoCloseable {

  /** Number of values p. */
  long size();

  /** A new vector with the same values. */
  ParameterVector copy();

  /**
   * Adds a multiple of another vector: {@code this += scale * other}.
   *
   * @return this vector
   */
  ParameterVector addInPlace(double scale, ParameterVector other);

  /**
   * Multiplies every value.
   *
   * @return this vector
   */
  ParameterVector scaleInPlace(double scale);

  /**
   * Multiplies each value by that of another vector in its place.
   *
   * @return this vector
   */
  ParameterVector multiplyInPlace(ParameterVector other);

  /** Inner product, accumulated in float64. */
  double dot(ParameterVector other);

  /** Euclidean norm, accumulated in float64. */
  double norm2();

  /** A copy of the values: rank 1, of the engine's precision. */
  INDArray toArray();

  /** Euclidean norm of {@code this - other}; changes neither. */
  default double distance(ParameterVector other) {
    try (ParameterVector difference = copy()) {
      return difference.addInPlace(-1, other).norm2();
    }
  }

  /** Frees the memory; the vector cannot be used afterwards. Closing twice is harmless. */
  @Override
  void close();
}
