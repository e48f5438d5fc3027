package dev.unrolling.experiments.unrolled;

import dev.unrolling.experiment.FilmReviews;
import dev.unrolling.settings.Ranges;
import dev.unrolling.settings.Scale;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * A comparison of SGD with its unrolled form (claim 2.1) at one learning rate.
 *
 * @param model name of an architecture without batch norm
 * @param data name of a data set
 * @param quadratic whether the squared error is trained, instead of cross entropy
 * @param batchSize at least 1
 * @param steps t, at least 2
 * @param rate eta, positive
 * @param seed of the examples and the initial weights
 */
public record UnrolledSgdSettings(
    String model,
    String data,
    boolean quadratic,
    int batchSize,
    int steps,
    double rate,
    long seed) {

  /** Checks the ranges. */
  public UnrolledSgdSettings {
    Ranges.named("model", model);
    Ranges.named("data", data);
    Ranges.atLeast("batchSize", batchSize, 1);
    Ranges.atLeast("steps", steps, 2);
    Ranges.positive("rate", rate);
  }

  /** All of a scale. */
  public static List<UnrolledSgdSettings> all(Scale scale) {
    return Stream.of(
            quadratic(scale), smooth(scale), kinked(scale), quadraticHead(scale), smoothHead(scale))
        .flatMap(List::stream)
        .toList();
  }

  /** 2.1a: a linear model with squared error, up to rates at which SGD diverges. */
  public static List<UnrolledSgdSettings> quadratic(Scale scale) {
    return pictures(scale, "pooled-linear", true, 0.001, 0.01, 0.1, 0.5, 1, 2);
  }

  /** 2.1b: a smooth network. */
  public static List<UnrolledSgdSettings> smooth(Scale scale) {
    return pictures(scale, "tanh-cnn-8", false, halved(0.02, 7));
  }

  /** 2.1c: the same network with rectified linear units. */
  public static List<UnrolledSgdSettings> kinked(Scale scale) {
    return pictures(scale, "relu-cnn-8", false, halved(0.02, 10));
  }

  /**
   * 2.1a on film reviews: a linear model with squared error. Their features are many and of unit
   * variance, so the rates at which SGD diverges are smaller.
   */
  public static List<UnrolledSgdSettings> quadraticHead(Scale scale) {
    return reviews(scale, true, 0.0001, 0.001, 0.01, 0.1, 0.5);
  }

  /** 2.1b on film reviews: a linear model with cross entropy. */
  public static List<UnrolledSgdSettings> smoothHead(Scale scale) {
    return reviews(scale, false, halved(0.0005, 7));
  }

  private static List<UnrolledSgdSettings> pictures(
      Scale scale, String model, boolean quadratic, double... rates) {
    return over(scale, model, "cifar10", quadratic, 32, rates);
  }

  private static List<UnrolledSgdSettings> reviews(
      Scale scale, boolean quadratic, double... rates) {
    return over(scale, FilmReviews.HEAD, FilmReviews.data(scale), quadratic, 8, rates);
  }

  private static List<UnrolledSgdSettings> over(
      Scale scale, String model, String data, boolean quadratic, int batchSize, double[] rates) {
    int steps = scale == Scale.SMOKE ? 5 : 20;
    return DoubleStream.of(rates)
        .mapToObj(
            rate -> new UnrolledSgdSettings(model, data, quadratic, batchSize, steps, rate, 0))
        .toList();
  }

  private static double[] halved(double first, int count) {
    return DoubleStream.iterate(first, rate -> rate / 2).limit(count).toArray();
  }
}
