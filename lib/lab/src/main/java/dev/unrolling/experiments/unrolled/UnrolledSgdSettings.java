package dev.unrolling.experiments.unrolled;

import dev.unrolling.settings.Scale;
import java.util.List;

/**
 * A comparison of SGD with its unrolled form (claim 2.1) over learning rates.
 *
 * @param model name of an architecture without batch norm
 * @param quadratic whether the squared error is trained, instead of cross entropy
 * @param batchSize at least 1
 * @param steps t, at least 2; the same at every rate
 * @param rates learning rates eta, all positive
 * @param seed of the examples and the initial weights
 */
public record UnrolledSgdSettings(
    String model, boolean quadratic, int batchSize, int steps, List<Double> rates, long seed) {

  private static final int HEAD_BATCH = 8;

  /** Checks the ranges and copies the list. */
  public UnrolledSgdSettings {
    rates = List.copyOf(rates);
    if (batchSize < 1 || steps < 2) {
      throw new IllegalArgumentException(
          "batchSize must be at least 1 and steps at least 2, not " + batchSize + " and " + steps);
    }
    if (rates.isEmpty() || rates.stream().anyMatch(rate -> !(rate > 0))) {
      throw new IllegalArgumentException("rates must be positive, not " + rates);
    }
  }

  /** 2.1a: a linear model with squared error, up to rates at which SGD diverges. */
  public static UnrolledSgdSettings quadratic(Scale scale) {
    return new UnrolledSgdSettings(
        "pooled-linear", true, 32, steps(scale), List.of(0.001, 0.01, 0.1, 0.5, 1.0, 2.0), 0);
  }

  /** 2.1b: a smooth network. */
  public static UnrolledSgdSettings smooth(Scale scale) {
    return new UnrolledSgdSettings("tanh-cnn-8", false, 32, steps(scale), halved(0.02, 7), 0);
  }

  /** 2.1c: the same network with rectified linear units. */
  public static UnrolledSgdSettings kinked(Scale scale) {
    return new UnrolledSgdSettings("relu-cnn-8", false, 32, steps(scale), halved(0.02, 10), 0);
  }

  /**
   * 2.1a over vectors: a linear model with squared error. The features of a text are many and of
   * unit variance, so the rates at which SGD diverges are smaller.
   *
   * @param features in a vector
   */
  public static UnrolledSgdSettings quadraticHead(Scale scale, int features) {
    return new UnrolledSgdSettings(
        "linear-" + features,
        true,
        HEAD_BATCH,
        steps(scale),
        List.of(0.0001, 0.001, 0.01, 0.1, 0.5),
        0);
  }

  /**
   * 2.1b over vectors: a linear model with cross entropy.
   *
   * @param features in a vector
   */
  public static UnrolledSgdSettings smoothHead(Scale scale, int features) {
    return new UnrolledSgdSettings(
        "linear-" + features, false, HEAD_BATCH, steps(scale), halved(0.0005, 7), 0);
  }

  /** These settings with another seed. */
  public UnrolledSgdSettings withSeed(long value) {
    return new UnrolledSgdSettings(model, quadratic, batchSize, steps, rates, value);
  }

  private static int steps(Scale scale) {
    return scale == Scale.SMOKE ? 5 : 20;
  }

  private static List<Double> halved(double first, int count) {
    return java.util.stream.Stream.iterate(first, rate -> rate / 2).limit(count).toList();
  }
}
