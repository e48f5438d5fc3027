package dev.unrolling.experiments.separation;

import dev.unrolling.experiment.FilmReviews;
import dev.unrolling.settings.Ranges;
import dev.unrolling.settings.Scale;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Gradient descent on a linear model over pixels or other features, with fewer examples than
 * features, so that the examples' logits can be chosen one by one (claim 2.7).
 *
 * @param data name of a data set
 * @param examples N, at least 2; one batch, so every step is one on all of them
 * @param steps t, at least 16
 * @param rate eta, positive
 * @param gamma weight of the penalty in the authors' unit, at least 0
 * @param seed of the examples and the initial weights
 */
public record LinearSeparationSettings(
    String data, int examples, int steps, double rate, double gamma, long seed) {

  /** Checks the ranges. */
  public LinearSeparationSettings {
    Ranges.named("data", data);
    Ranges.atLeast("examples", examples, 2);
    Ranges.atLeast("steps", steps, 16);
    Ranges.positive("rate", rate);
    Ranges.within("gamma", gamma, 0, Double.MAX_VALUE, "finite and at least 0");
  }

  /** All of a scale. */
  public static List<LinearSeparationSettings> all(Scale scale) {
    return Stream.of(grid(scale), twoClasses(scale)).flatMap(List::stream).toList();
  }

  /**
   * Cross entropy alone, and the SD loss on both sides of the critical gamma, 28.5. The standard
   * deviation bends the more the smaller it is, so a larger gamma gets a smaller rate.
   */
  public static List<LinearSeparationSettings> grid(Scale scale) {
    boolean smoke = scale == Scale.SMOKE;
    int steps = smoke ? 1024 : 4096;
    return (smoke ? DoubleStream.of(0, 5, 20, 35) : DoubleStream.of(0, 5, 10, 20, 25, 35))
        .mapToObj(
            gamma -> new LinearSeparationSettings("cifar10", 10, steps, rate(gamma), gamma, 0))
        .toList();
  }

  /**
   * On reviews: cross entropy alone, and the SD loss on both sides of the critical gamma of two
   * classes, 1.41.
   */
  public static List<LinearSeparationSettings> twoClasses(Scale scale) {
    String reviews = FilmReviews.data(scale);
    return grid(scale).stream()
        .map(
            s ->
                new LinearSeparationSettings(
                    reviews, s.examples, s.steps, s.rate, s.gamma / 20, s.seed))
        .toList();
  }

  private static double rate(double gamma) {
    return gamma <= 5 ? 4 : gamma <= 20 ? 2 : gamma <= 25 ? 1 : 1.0 / 16;
  }
}
