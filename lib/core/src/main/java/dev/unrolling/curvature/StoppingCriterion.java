package dev.unrolling.curvature;

import java.util.SplittableRandom;

/**
 * When an eigenvalue method stops, and where its random vectors come from.
 *
 * @param tolerance relative residual, in (0, 1), that counts as converged
 * @param maxProducts most products taken, at least 1
 * @param seed of the random vectors
 */
record StoppingCriterion(double tolerance, int maxProducts, long seed) {

  /** What both methods start with. */
  static final StoppingCriterion DEFAULT =
      new StoppingCriterion(
          PowerIteration.DEFAULT_TOLERANCE,
          PowerIteration.DEFAULT_MAX_PRODUCTS,
          PowerIteration.DEFAULT_SEED);

  StoppingCriterion {
    if (!(tolerance > 0 && tolerance < 1)) {
      throw new IllegalArgumentException("tolerance must be in (0, 1), not " + tolerance);
    }
    if (maxProducts < 1) {
      throw new IllegalArgumentException("at least 1 product is needed, not " + maxProducts);
    }
  }

  StoppingCriterion withTolerance(double tolerance) {
    return new StoppingCriterion(tolerance, maxProducts, seed);
  }

  StoppingCriterion withMaxProducts(int maxProducts) {
    return new StoppingCriterion(tolerance, maxProducts, seed);
  }

  StoppingCriterion withSeed(long seed) {
    return new StoppingCriterion(tolerance, maxProducts, seed);
  }

  SplittableRandom random() {
    return new SplittableRandom(seed);
  }
}
