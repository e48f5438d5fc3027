package dev.unrolling.unlearning;

import java.util.List;

/**
 * A method with a value that is chosen before it is measured. Experiment E9 does so for a method of
 * one's own as it does for the library's: on another forget set and a validation part, by the gap
 * to retraining.
 */
public interface TunableMethod extends UnlearningMethod {

  /** What is tried, the tamest first; finite, at least one. */
  List<Double> candidates();

  /**
   * This method with a candidate.
   *
   * @param candidate one of {@link #candidates}
   * @param plan with the candidate as its rate, and the epochs, batch size and momentum that the
   *     library's methods have in the run; for a method that goes on training
   */
  UnlearningMethod with(double candidate, SgdPlan plan);
}
