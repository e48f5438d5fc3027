package dev.unrolling.curvature;

import dev.unrolling.engine.ParameterVector;

/**
 * What {@link PowerIteration} or {@link Lanczos} found.
 *
 * @param value the Rayleigh quotient lambda = v . Hv, with its sign
 * @param vector the last vector v, of norm 1; closed with this
 * @param bound norm(Hv): never above the largest |eigenvalue|; in power iteration it grows towards
 *     it with every product, even where two eigenvalues of opposite signs tie and lambda does not
 *     settle
 * @param residual norm(Hv - lambda v) / |lambda|; 0 for the zero operator, infinite if only lambda
 *     is 0
 * @param converged whether the residual is within the tolerance
 * @param products how many operator-vector products were taken
 */
public record DominantEigenvalue(
    double value,
    ParameterVector vector,
    double bound,
    double residual,
    boolean converged,
    int products)
    implements AutoCloseable {

  /** The paper's sigma, the largest |eigenvalue|: |value| if converged, else {@link #bound}. */
  public double sigma() {
    return converged ? Math.abs(value) : bound;
  }

  @Override
  public void close() {
    vector.close();
  }
}
