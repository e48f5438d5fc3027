package dev.unrolling.unlearning.recording;

import java.util.List;

/** What single gradient unlearning multiplies the gradient at w_0 by (claim 2.2). */
public enum GradientFactor {
  /** Sum of the visits' rates: \( \eta m \) at a constant rate. The paper's. */
  SUM_OF_RATES,
  /**
   * The sum over visits s of \( \sum_{i=s}^{t-1} \eta_i \mu^{i-s} \), which is \( \eta \sum_s (1 -
   * \mu^{t-s}) / (1 - \mu) \) at a constant rate: a gradient goes on moving the weights through
   * momentum \( \mu \). First-order exact if M' takes the visit's step with zero gradient.
   */
  MOMENTUM_CORRECTED;

  /**
   * The factor after some steps.
   *
   * @param rates of the steps 0 .. t - 1, each positive
   * @param visits the steps, from 0 and distinct, at which x* was seen; those from t on do not
   *     count
   * @param momentum mu in [0, 1); {@link #SUM_OF_RATES} ignores it
   * @throws IllegalArgumentException if a number is out of range
   */
  public double value(List<Double> rates, int[] visits, double momentum) {
    return value(VisitCounts.Sums.of(rates, visits, momentum));
  }

  /** The factor that some sums hold. */
  double value(VisitCounts.Sums sums) {
    return this == SUM_OF_RATES ? sums.sumOfRates() : sums.correctedSum();
  }
}
