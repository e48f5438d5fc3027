package dev.unrolling.engine;

/**
 * One update of plain SGD, w := w - rate * u, where u is the gradient, or with momentum mu the
 * running sum u := mu * u + gradient (PyTorch's form, no dampening).
 *
 * @param rate learning rate eta, positive
 * @param momentum mu in [0, 1)
 */
public record SgdStep(double rate, double momentum) {

  /** Checks the ranges. */
  public SgdStep {
    if (!(rate > 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException("learning rate must be finite and positive, not " + rate);
    }
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum must be in [0, 1), not " + momentum);
    }
  }

  /** A step without momentum. */
  public static SgdStep plain(double rate) {
    return new SgdStep(rate, 0);
  }
}
