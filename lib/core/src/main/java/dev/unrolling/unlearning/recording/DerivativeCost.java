package dev.unrolling.unlearning.recording;

/**
 * What a computation costs, in derivatives of one example's loss.
 *
 * @param gradients of one example each
 * @param products of one example's Hessian with a vector
 */
public record DerivativeCost(long gradients, long products) {

  /** Gradients that one Hessian-vector product costs: the gradient and its derivative. */
  public static final int GRADIENTS_PER_PRODUCT = 2;

  /** The whole cost in gradients of one example, a product counted as two. */
  public long inGradients() {
    return gradients + GRADIENTS_PER_PRODUCT * products;
  }
}
