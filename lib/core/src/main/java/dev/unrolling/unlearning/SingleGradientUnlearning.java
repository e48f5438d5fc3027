package dev.unrolling.unlearning;

import dev.unrolling.engine.ParameterVector;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import dev.unrolling.unlearning.recording.VisitCounts;
import java.util.Collections;
import java.util.OptionalLong;

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
public record SingleGradientUnlearning(GradientFactor factor) implements RecordedUnlearning {

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
    return VisitCounts.Sums.of(Collections.nCopies(steps, 1.0), visits, momentum).velocityShare();
  }

  /** The paper's form: {@link GradientFactor#SUM_OF_RATES}. */
  public SingleGradientUnlearning() {
    this(GradientFactor.SUM_OF_RATES);
  }

  @Override
  public String name() {
    return factor == GradientFactor.SUM_OF_RATES ? "single-gradient" : "single-gradient-momentum";
  }

  @Override
  public String displayName() {
    return factor == GradientFactor.SUM_OF_RATES
        ? "single gradient"
        : "single gradient, corrected for momentum";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(size.forgotten());
  }

  @Override
  public boolean readsEndsAlone() {
    return true;
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
   * @param factor e.g. {@code GradientFactor.SUM_OF_RATES.value(...)}, finite and at least 0
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
