package dev.unrolling.metrics;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;

/**
 * Verification error \( v = \|w'' - w'\|_2 \) over trainable weights (claim 2.6): how far an
 * unlearned model M'' is from the retrained model M'. 0 if forgetting was perfect.
 */
public final class VerificationError {

  private VerificationError() {}

  /**
   * The verification error.
   *
   * @param unlearned w'', the weights of M''
   * @param retrained w', the weights of M'
   */
  public static double value(ParameterVector unlearned, ParameterVector retrained) {
    return unlearned.distance(retrained);
  }

  /**
   * The verification error; running statistics do not enter.
   *
   * @param unlearned M''
   * @param retrained M'
   */
  public static double value(Network unlearned, Network retrained) {
    return WeightDistance.between(unlearned, retrained);
  }
}
