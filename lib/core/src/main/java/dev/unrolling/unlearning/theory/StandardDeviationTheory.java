package dev.unrolling.unlearning.theory;

import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Objective.Normalisation;
import dev.unrolling.engine.logits.LogitDeviation;

/**
 * Closed forms of the SD loss of one example (claim 2.7): cross entropy plus g times the standard
 * deviation (with C - 1) of its C logits. The loss is convex and treats the wrong classes alike, so
 * its least value over all logits is taken at logits \( (d, 0, \ldots, 0) \), the true class first,
 * up to a common summand. The distance d is called the margin; d = 0 is collapse, where the classes
 * cannot be told apart.
 *
 * @param classes C, at least 2
 * @param weight g, of the plain standard deviation, at least 0 and finite
 */
public record StandardDeviationTheory(int classes, double weight) {

  /** Checks the ranges. */
  public StandardDeviationTheory {
    if (classes < 2) {
      throw new IllegalArgumentException(
          "the standard-deviation penalty needs at least 2 classes, not " + classes);
    }
    if (!(weight >= 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException(
          "the penalty's weight must be finite and at least 0, not " + weight);
    }
  }

  /** The theory of an objective's gamma in its own unit. */
  public static StandardDeviationTheory of(Objective objective, int classes) {
    return new StandardDeviationTheory(classes, objective.penaltyWeight(classes));
  }

  /**
   * The gamma from which on the best margin is 0: \( \sqrt C (1 - 1/C) \) for the plain mean, C
   * times as much, \( \sqrt C (C - 1) \), in the authors' unit.
   *
   * @param classes C, at least 2
   * @param normalisation unit of gamma
   */
  public static double criticalGamma(int classes, Normalisation normalisation) {
    double critical = new StandardDeviationTheory(classes, 0).criticalWeight();
    return normalisation == Normalisation.PER_CLASS ? classes * critical : critical;
  }

  /** The g from which on the best margin is 0: \( \sqrt C (1 - 1/C) \). */
  public double criticalWeight() {
    return Math.sqrt(classes) * (1 - 1.0 / classes);
  }

  /** Whether the best margin is 0. */
  public boolean collapses() {
    return weight >= criticalWeight();
  }

  /**
   * Soft-max probability of the true class at the least loss: \( p^* = 1 - g / \sqrt C \), or \( 1
   * / C \).
   */
  public double bestProbability() {
    return collapses() ? 1.0 / classes : 1 - weight / Math.sqrt(classes);
  }

  /**
   * The margin \( d^* = \ln \frac{(C - 1)\, p^*}{1 - p^*} \) of the least loss: 0 from the critical
   * weight on, infinite for cross entropy alone, which has no minimiser.
   */
  public double bestMargin() {
    if (collapses()) {
      return 0;
    }
    // 1 - p* itself, which 1 - bestProbability() would round to 0 for a small weight.
    double rest = weight / Math.sqrt(classes);
    return Math.log((classes - 1) * (1 - rest) / rest);
  }

  /** The loss at logits (d, 0, .., 0), in nats. */
  public double lossAtMargin(double margin) {
    double shift = Math.max(margin, 0);
    double logSum = shift + Math.log(Math.exp(margin - shift) + (classes - 1) * Math.exp(-shift));
    return logSum - margin + weight * Math.abs(margin) / Math.sqrt(classes);
  }

  /** The derivative of {@link #lossAtMargin} at d &gt; 0: \( -(1 - p) + g / \sqrt C \). */
  public double slopeAtMargin(double margin) {
    double wrong = (classes - 1) / (classes - 1 + Math.exp(margin));
    return weight / Math.sqrt(classes) - wrong;
  }

  /**
   * Standard deviation, with C - 1, of at least 2 logits. Summed plainly where {@link
   * LogitDeviation} carries the rounding along: tables are stored with the last digit of either.
   */
  public static double standardDeviation(double... logits) {
    double sum = 0;
    for (double logit : logits) {
      sum += logit;
    }
    double mean = sum / logits.length;
    double squares = 0;
    for (double logit : logits) {
      squares += (logit - mean) * (logit - mean);
    }
    return Math.sqrt(squares / (logits.length - 1));
  }

  /**
   * The gradient of the standard deviation: \( (z - \bar z) / ((C - 1) \, \mathrm{std}\, z) \), of
   * norm \( 1 / \sqrt{C - 1} \) wherever std z is positive; defined as 0 where it is 0.
   *
   * @param logits at least 2
   * @return a new array, one value a logit
   */
  public static double[] gradientOfStandardDeviation(double... logits) {
    if (logits.length < 2) {
      throw new IllegalArgumentException(
          "a standard deviation needs at least 2 logits, not " + logits.length);
    }
    double[] gradient = new double[logits.length];
    LogitDeviation.addDerivative(logits, 1, gradient);
    return gradient;
  }
}
