package dev.unrolling.unlearning;

import dev.unrolling.data.Subsets;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Single gradient unlearning (claim 2.2): undoes the first-order trace of what is to be forgotten,
 * with one gradient at the start weights w_0.
 *
 * <p>\( w'' = w_t + \eta m \nabla L(w_0, x^*) \) for a whole batch, \( w'' = w_t + (\eta m / b)
 * \nabla l(w_0, x^*) \) for a point of a batch of b, where m is the number of visits so far. Where
 * gamma falls from epoch to epoch, each visit counts with the gradient of its own objective, at the
 * price of one more gradient at w_0.
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
     * @param rates of the steps 0 .. t - 1, each positive
     * @param visits the steps, from 0 and distinct, at which x* was seen; those from t on do not
     *     count
     * @param momentum mu in [0, 1); {@link #SUM_OF_RATES} ignores it
     * @throws IllegalArgumentException if a number is out of range
     */
    public double value(List<Double> rates, int[] visits, double momentum) {
      return value(sums(rates, visits, momentum));
    }

    /** The factor that some sums hold. */
    double value(VisitCounts.Sums sums) {
      return this == SUM_OF_RATES ? sums.sumOfRates() : sums.correctedSum();
    }
  }

  private static VisitCounts.Sums sums(List<Double> rates, int[] visits, double momentum) {
    Subsets.checkDistinct(visits);
    Set<Integer> steps = Arrays.stream(visits).boxed().collect(Collectors.toSet());
    if (steps.stream().anyMatch(visit -> visit < 0)) {
      throw new IllegalArgumentException(
          "visits are steps from 0 on, not " + Arrays.toString(visits));
    }
    VisitCounts.Sums sums = VisitCounts.Sums.NONE;
    for (int step = 0; step < rates.size(); step++) {
      sums = sums.after(new SgdStep(rates.get(step), momentum), steps.contains(step) ? 1 : 0);
    }
    return sums;
  }

  /**
   * The share of the gradient in the running sum of momentum after t steps, \( \sum_s \mu^{t-1-s}
   * \) over the visits s: for one who takes it out of a running sum \( v_{k+1} = \mu v_k + g_k \)
   * without a recorder. Where the sum is of rate times gradient, so is the share.
   *
   * @param steps t, at least 0
   * @param visits the steps, from 0 and distinct, at which x* was seen; those from t on do not
   *     count
   * @param momentum mu in [0, 1)
   * @throws IllegalArgumentException if a number is out of range
   */
  public static double velocityShare(int steps, int[] visits, double momentum) {
    return sums(Collections.nCopies(steps, 1.0), visits, momentum).velocityShare();
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
    recorder.requireSteps();
    return recorder.addForgotten(recorder.network().weights(), factor);
  }

  /**
   * The formula, for one who has stored the gradient or w_0 without a recorder.
   *
   * @param weights w_t; taken over
   * @param gradient of the forgotten examples at w_0, divided as they were in their batch
   * @param factor e.g. {@code Factor.SUM_OF_RATES.value(...)}, finite and at least 0
   * @return {@code weights}, changed
   * @throws IllegalArgumentException if the factor is out of range
   */
  public static ParameterVector unlearnedWeights(
      ParameterVector weights, ParameterVector gradient, double factor) {
    if (!(factor >= 0) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException(
          "the factor (a sum of rates) must be finite and at least 0, not " + factor);
    }
    return weights.addInPlace(factor, gradient);
  }
}
