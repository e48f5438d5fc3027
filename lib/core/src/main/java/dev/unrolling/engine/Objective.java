package dev.unrolling.engine;

/**
 * What training minimises over a batch:
 *
 * <p>\[ \frac{1}{b} \sum_n \Big( \mathrm{criterion}(z_n, y_n) + \frac{\gamma}{C} \,
 * \mathrm{std}(z_n) \Big) + \frac{\lambda}{2} \|w\|^2 \]
 *
 * <p>over the examples n of a batch, b being {@link dev.unrolling.data.Batch#averagedOver} and std
 * the standard deviation (with C - 1) of an example's C logits, the penalty of the SD loss (claim
 * 2.7). It is divided by C in the authors' normalisation only. Its gradient is defined as 0 where
 * the standard deviation is 0. The defaults of {@link #crossEntropy()} are no penalty, the authors'
 * normalisation and no weight decay.
 *
 * @param criterion loss of one example
 * @param gamma \( \gamma \), weight of the standard-deviation penalty, at least 0
 * @param normalisation unit of gamma
 * @param weightDecay \( \lambda \), weight of the L2 term, at least 0
 */
public record Objective(
    Criterion criterion, double gamma, Normalisation normalisation, double weightDecay) {

  /** Loss of one example. */
  public enum Criterion {
    /** Minus the logarithm of the soft-max probability of the label. */
    CROSS_ENTROPY,
    /**
     * Half the squared distance of the logits to the one-hot label; with a single output, to the
     * label itself. Quadratic in the weights of a linear model.
     */
    SQUARED_ERROR
  }

  /** Unit in which gamma is given. */
  public enum Normalisation {
    /** Mean standard deviation divided by the number of classes: the authors' scripts. */
    PER_CLASS,
    /** Mean standard deviation. */
    MEAN
  }

  /** Checks the ranges. */
  public Objective {
    if (!(gamma >= 0) || Double.isInfinite(gamma)) {
      throw new IllegalArgumentException("gamma must be finite and at least 0, not " + gamma);
    }
    if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
      throw new IllegalArgumentException(
          "weight decay must be finite and at least 0, not " + weightDecay);
    }
  }

  /** Cross entropy alone. */
  public static Objective crossEntropy() {
    return new Objective(Criterion.CROSS_ENTROPY, 0, Normalisation.PER_CLASS, 0);
  }

  /** Half the squared error alone. */
  public static Objective squaredError() {
    return new Objective(Criterion.SQUARED_ERROR, 0, Normalisation.PER_CLASS, 0);
  }

  /** This objective with another weight of the standard-deviation penalty. */
  public Objective withGamma(double gamma) {
    return new Objective(criterion, gamma, normalisation, weightDecay);
  }

  /** This objective with another unit of gamma. */
  public Objective withNormalisation(Normalisation normalisation) {
    return new Objective(criterion, gamma, normalisation, weightDecay);
  }

  /** This objective with another weight of the L2 term. */
  public Objective withWeightDecay(double weightDecay) {
    return new Objective(criterion, gamma, normalisation, weightDecay);
  }

  /** What gamma is multiplied by to weigh the plain mean standard deviation. */
  public double penaltyWeight(int classes) {
    if (gamma > 0 && classes < 2) {
      throw new IllegalArgumentException(
          "the standard-deviation penalty needs at least 2 classes, not " + classes);
    }
    return normalisation == Normalisation.PER_CLASS ? gamma / classes : gamma;
  }
}
