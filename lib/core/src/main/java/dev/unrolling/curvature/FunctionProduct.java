package dev.unrolling.curvature;

import dev.unrolling.engine.ParameterVector;

/**
 * A function of an operator times a vector, as {@link Lanczos#apply} found it.
 *
 * @param value f(H) b; closed with this
 * @param error estimate of what further products would change: the absolute value of the last
 *     coefficient in the basis, 0 where the result is exact
 * @param products how many operator-vector products were taken
 */
public record FunctionProduct(ParameterVector value, double error, int products)
    implements AutoCloseable {

  @Override
  public void close() {
    value.close();
  }
}
