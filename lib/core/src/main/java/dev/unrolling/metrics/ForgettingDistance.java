package dev.unrolling.metrics;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;

/**
 * Forgetting distance \( \|w_t - w'\|_2 \) (THEORY.md, "Symbols"): the verification error of doing
 * nothing, beside which every verification error is to be read.
 */
public final class ForgettingDistance {

  private ForgettingDistance() {}

  /**
   * The forgetting distance.
   *
   * @param original w_t, the weights of M
   * @param retrained w', the weights of M'
   */
  public static double value(ParameterVector original, ParameterVector retrained) {
    return original.distance(retrained);
  }

  /**
   * The forgetting distance; running statistics do not enter.
   *
   * @param original M
   * @param retrained M'
   */
  public static double value(Network original, Network retrained) {
    return WeightDistance.between(original, retrained);
  }
}
