package dev.unrolling.unlearning.theory;

import dev.unrolling.engine.ParameterVector;
import dev.unrolling.unlearning.recording.DerivativeCost;

/**
 * The leading term of w'' - w' (claim 2.4b, ours, not the paper's), from derivatives at w_0 alone,
 * so before anything is trained or retrained: at a constant rate,
 *
 * <p>\[ \eta^2 \Big( \sum_{i \ne x^*} k_i H_i g^* + \sum_{s} H^* \sum_{c(s) \le j \lt s} g_j \Big),
 * \]
 *
 * <p>over the visits s and the last checkpoints c(s) before them, k_i being the visits before step
 * i. Single gradient unlearning has c = 0; with a checkpoint at every visit the second part
 * vanishes. For plain SGD without momentum. The norm of the sum is the predicted verification
 * error. Its vectors are closed with it.
 *
 * @param others the first part: what x*'s steps did to the gradients of the other batches
 * @param own the second part: what the other steps, and earlier visits, did to the gradient of x*
 * @param cost of computing it
 */
public record LeadingTerm(ParameterVector others, ParameterVector own, DerivativeCost cost)
    implements AutoCloseable {

  /** A new vector: the predicted w'' - w'. */
  public ParameterVector sum() {
    return others.copy().addInPlace(1, own);
  }

  /** The predicted verification error, in the unit of a weight. */
  public double predictedError() {
    try (ParameterVector sum = sum()) {
      return sum.norm2();
    }
  }

  @Override
  public void close() {
    others.close();
    own.close();
  }
}
