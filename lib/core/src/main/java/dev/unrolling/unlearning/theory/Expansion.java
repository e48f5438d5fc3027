package dev.unrolling.unlearning.theory;

import dev.unrolling.engine.ParameterVector;

/**
 * Unrolled SGD around w_0, in two parts (claim 2.1): w_t is about {@code start + gradientPart +
 * curvaturePart}. Its vectors are closed with it.
 *
 * @param start w_0
 * @param gradientPart \( -\sum_i \eta_i g_i \), of first order in the rate
 * @param curvaturePart \( \sum_i f(i) \), of second order in the rate
 */
public record Expansion(
    ParameterVector start, ParameterVector gradientPart, ParameterVector curvaturePart)
    implements AutoCloseable {

  /** A new vector: w_t to first order, without the f terms. */
  public ParameterVector firstOrder() {
    return start.copy().addInPlace(1, gradientPart);
  }

  /** A new vector: w_t to second order, with the f terms. */
  public ParameterVector secondOrder() {
    return firstOrder().addInPlace(1, curvaturePart);
  }

  /** norm2(w_t - w_0): of order eta. */
  public double movement(ParameterVector weights) {
    return weights.distance(start);
  }

  /** Norm of what is left of w_t without the f terms: of order eta^2. */
  public double firstOrderRemainder(ParameterVector weights) {
    try (ParameterVector prediction = firstOrder()) {
      return weights.distance(prediction);
    }
  }

  /** Norm of what is left of w_t with the f terms: of order eta^3; 0 for a quadratic loss. */
  public double secondOrderRemainder(ParameterVector weights) {
    try (ParameterVector prediction = secondOrder()) {
      return weights.distance(prediction);
    }
  }

  /**
   * What single gradient unlearning leaves of w'' - w' to second order (our claim 2.4b): the
   * difference of the two sums of f terms, and the first-order part that single gradient unlearning
   * leaves. The latter is 0 but for rounding when a whole batch, or a point with the divisor kept,
   * is forgotten by the right factor.
   *
   * @param retrained the expansion of M'
   * @param gradient that was added back, at w_0
   * @param factor by which it was multiplied
   * @return a new vector that the caller closes
   */
  public ParameterVector unlearningRemainder(
      Expansion retrained, ParameterVector gradient, double factor) {
    return gradientPart
        .copy()
        .addInPlace(-1, retrained.gradientPart)
        .addInPlace(factor, gradient)
        .addInPlace(1, curvaturePart)
        .addInPlace(-1, retrained.curvaturePart);
  }

  @Override
  public void close() {
    start.close();
    gradientPart.close();
    curvaturePart.close();
  }
}
