package dev.unrolling.curvature;

import dev.unrolling.engine.ParameterVector;

/**
 * An approximate eigenvalue of a symmetric operator and its vector.
 *
 * @param value lambda, with its sign
 * @param vector v, of norm 1; closed with this
 * @param bound norm(Hv - lambda v): an eigenvalue lies within this distance of {@code value}
 * @param converged whether the bound is within the tolerance asked for
 */
public record EigenPair(double value, ParameterVector vector, double bound, boolean converged)
    implements AutoCloseable {

  /** The bound relative to |lambda|; 0 if the bound is 0, infinite if only lambda is 0. */
  public double residual() {
    return bound == 0 ? 0 : bound / Math.abs(value);
  }

  @Override
  public void close() {
    vector.close();
  }
}
