package dev.unrolling.curvature;

import java.util.SplittableRandom;

/**
 * When an eigenvalue method stops, and where its random vectors come from.
 *
 * @param tolerance relative residual, in (0, 1), that counts as converged
 * @param maxProducts most products taken, at least 1
 * @param seed of the random vectors
 */
record Effort(double tolerance, int maxProducts, long seed) {

  /** What both methods start with. */
  static final Effort DEFAULT =
      new Effort(
          PowerIteration.DEFAULT_TOLERANCE,
          PowerIteration.DEFAULT_MAX_PRODUCTS,
          PowerIteration.DEFAULT_SEED);

  Effort {
    if (!(tolerance > 0 && tolerance < 1)) {
      throw new IllegalArgumentException("tolerance must be in (0, 1), not " + tolerance);
    }
    if (maxProducts < 1) {
      throw new IllegalArgumentException("at least 1 product is needed, not " + maxProducts);
    }
  }

  Effort withTolerance(double tolerance) {
    return new Effort(tolerance, maxProducts, seed);
  }

  Effort withMaxProducts(int maxProducts) {
    return new Effort(tolerance, maxProducts, seed);
  }

  Effort withSeed(long seed) {
    return new Effort(tolerance, maxProducts, seed);
  }

  SplittableRandom random() {
    return new SplittableRandom(seed);
  }
}
