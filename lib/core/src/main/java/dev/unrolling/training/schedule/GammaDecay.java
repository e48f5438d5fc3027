package dev.unrolling.training.schedule;

/**
 * How the weight gamma of the standard-deviation penalty falls: divided by a number after every so
 * many epochs (claim 2.7).
 *
 * @param divisor at least 1 and finite; 1 leaves gamma as it is
 * @param everyEpochs at least 1
 */
public record GammaDecay(double divisor, int everyEpochs) {

  /** Checks the ranges. */
  public GammaDecay {
    if (!(divisor >= 1) || Double.isInfinite(divisor)) {
      throw new IllegalArgumentException(
          "gamma is divided by a finite number of at least 1, not " + divisor);
    }
    if (everyEpochs < 1) {
      throw new IllegalArgumentException(
          "gamma is divided every 1 epoch or more, not every " + everyEpochs);
    }
  }

  /** Gamma stays. */
  public static GammaDecay none() {
    return new GammaDecay(1, 1);
  }

  /**
   * The weight in an epoch.
   *
   * @param gamma in the first epoch
   * @param epoch from 0
   * @throws IllegalArgumentException if the epoch is negative
   */
  public double gamma(double gamma, int epoch) {
    if (epoch < 0) {
      throw new IllegalArgumentException("epochs count from 0, not " + epoch);
    }
    return gamma / Math.pow(divisor, epoch / everyEpochs);
  }
}
