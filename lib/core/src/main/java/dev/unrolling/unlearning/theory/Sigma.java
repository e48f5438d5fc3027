package dev.unrolling.unlearning.theory;

import dev.unrolling.curvature.DominantEigenvalue;

/**
 * One measurement of sigma, the first singular value of a Hessian.
 *
 * @param value sigma: |{@code eigenvalue}|, or the best bound where that has not converged
 * @param eigenvalue of largest absolute value, with its sign
 * @param residual norm(Hv - lambda v) / |lambda| of the eigenpair
 * @param converged whether the residual is within the tolerance of the method
 * @param products Hessian-vector products that it took
 */
public record Sigma(
    double value, double eigenvalue, double residual, boolean converged, int products) {

  static Sigma of(DominantEigenvalue top) {
    return new Sigma(top.sigma(), top.value(), top.residual(), top.converged(), top.products());
  }

  /**
   * What {@link UnlearningError} takes: the eigenvalue with its sign where that is known; without
   * convergence the bound stands in.
   */
  public double signed() {
    return converged ? eigenvalue : value;
  }
}
