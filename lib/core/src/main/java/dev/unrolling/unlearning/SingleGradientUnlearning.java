package dev.unrolling.unlearning;

import dev.unrolling.engine.ParameterVector;
import java.util.List;

/**
 * Single gradient unlearning (paper section 2.2): undoes the first-order trace of what is to be
 * forgotten, with one gradient at the start weights w_0.
 *
 * <p>\( w'' = w_t + \eta m \nabla L(w_0, x^*) \) for a whole batch, \( w'' = w_t + (\eta m / b)
 * \nabla l(w_0, x^*) \) for a point of a batch of b, where m is the number of visits so far.
 *
 * @param factor what the gradient is multiplied by
 */
public record SingleGradientUnlearning(Factor factor) implements RecordedUnlearning {

  /** What the gradient at w_0 is multiplied by. */
  public enum Factor {
    /** Sum of the visits' rates: \( \eta m \) at a constant rate. The paper's. */
    SUM_OF_RATES,
    /**
     * The sum over visits s of \( \sum_{i=s}^{t-1} \eta_i \mu^{i-s} \), which is \( \eta \sum_s (1
     * - \mu^{t-s}) / (1 - \mu) \) at a constant rate: a gradient goes on moving the weights through
     * momentum \( \mu \). First-order exact if M' takes the visit's step with zero gradient.
     */
    MOMENTUM_CORRECTED;

    /**
     * The factor after some steps.
     *
     * @param rates of the steps 0 .. t - 1
     * @param visits the steps at which x* was seen; those from t on do not count
     * @param momentum mu in [0, 1); {@link #SUM_OF_RATES} ignores it
     */
    public double of(List<Double> rates, int[] visits, double momentum) {
      double mu = this == SUM_OF_RATES ? 0 : momentum;
      double sum = 0;
      for (int visit : visits) {
        double weight = 1;
        int end = this == SUM_OF_RATES ? Math.min(visit + 1, rates.size()) : rates.size();
        for (int step = visit; step < end; step++) {
          sum += rates.get(step) * weight;
          weight *= mu;
        }
      }
      return sum;
    }
  }

  /** The paper's form: {@link Factor#SUM_OF_RATES}. */
  public SingleGradientUnlearning() {
    this(Factor.SUM_OF_RATES);
  }

  @Override
  public String name() {
    return factor == Factor.SUM_OF_RATES ? "single-gradient" : "single-gradient-momentum";
  }

  @Override
  public String displayName() {
    return factor == Factor.SUM_OF_RATES
        ? "single gradient"
        : "single gradient, corrected for momentum";
  }

  @Override
  public ParameterVector unlearnedWeights(ForgettingRecorder recorder) {
    return unlearnedWeights(
        recorder.network().weights(), recorder.startGradient(), recorder.factor(factor));
  }

  /**
   * The formula, for one who has stored the gradient or w_0 without a recorder.
   *
   * @param weights w_t; taken over
   * @param gradient of the forgotten examples at w_0, divided as they were in their batch
   * @param factor e.g. {@code Factor.SUM_OF_RATES.of(...)}
   * @return {@code weights}, changed
   */
  public static ParameterVector unlearnedWeights(
      ParameterVector weights, ParameterVector gradient, double factor) {
    return weights.addInPlace(factor, gradient);
  }
}
