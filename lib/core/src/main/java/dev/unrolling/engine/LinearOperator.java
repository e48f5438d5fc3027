package dev.unrolling.engine;

/** A symmetric linear map on weight space, such as the Hessian of a loss at fixed weights. */
public interface LinearOperator extends AutoCloseable {

  /**
   * The product with a vector.
   *
   * @param vector unchanged
   * @return a new vector that the caller closes
   */
  ParameterVector apply(ParameterVector vector);

  /** A new vector of this operator's space from float64 values, which the caller closes. */
  ParameterVector vector(double[] values);

  /** Number of rows and columns p. */
  long size();

  /** Frees what the operator holds. */
  @Override
  void close();
}
