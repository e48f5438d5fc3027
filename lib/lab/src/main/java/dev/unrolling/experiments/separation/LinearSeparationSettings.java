package dev.unrolling.experiments.separation;

import dev.unrolling.settings.Scale;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Gradient descent on a linear model over pixels or other features, with fewer examples than
 * features, so that the examples' logits can be chosen one by one (claim 2.7).
 *
 * @param examples N, at least 2; one batch, so every step is one on all of them
 * @param steps t, at least 16
 * @param rate eta, positive
 * @param gamma weight of the penalty in the authors' unit, at least 0
 * @param seed of the examples and the initial weights
 */
public record LinearSeparationSettings(
    int examples, int steps, double rate, double gamma, long seed) {

  /** Checks the ranges. */
  public LinearSeparationSettings {
    if (examples < 2 || steps < 16) {
      throw new IllegalArgumentException(
          "examples must be at least 2 and steps at least 16, not " + examples + " and " + steps);
    }
    if (!(rate > 0) || !(gamma >= 0)) {
      throw new IllegalArgumentException(
          "rate must be positive and gamma at least 0, not " + rate + " and " + gamma);
    }
  }

  /**
   * Cross entropy alone, and the SD loss on both sides of the critical gamma, 28.5. The standard
   * deviation bends the more the smaller it is, so a larger gamma gets a smaller rate.
   */
  public static List<LinearSeparationSettings> grid(Scale scale) {
    boolean smoke = scale == Scale.SMOKE;
    int steps = smoke ? 1024 : 4096;
    return (smoke ? DoubleStream.of(0, 5, 20, 35) : DoubleStream.of(0, 5, 10, 20, 25, 35))
        .mapToObj(gamma -> new LinearSeparationSettings(10, steps, rate(gamma), gamma, 0))
        .toList();
  }

  /**
   * Cross entropy alone, and the SD loss on both sides of the critical gamma of two classes, 1.41.
   */
  public static List<LinearSeparationSettings> twoClasses(Scale scale) {
    return grid(scale).stream()
        .map(s -> new LinearSeparationSettings(s.examples, s.steps, s.rate, s.gamma / 20, s.seed))
        .toList();
  }

  private static double rate(double gamma) {
    return gamma <= 5 ? 4 : gamma <= 20 ? 2 : gamma <= 25 ? 1 : 1.0 / 16;
  }
}
