package dev.unrolling.statistics;

import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;

/**
 * A mean over runs with its 95% interval by Student's t.
 *
 * @param mean of the values
 * @param low lower end; minus infinity for a single value
 * @param high upper end; infinity for a single value
 * @param count how many values there are
 */
public record MeanInterval(double mean, double low, double high, int count) {

  private static final double UPPER = 0.975;

  /**
   * The mean of some values.
   *
   * @param values at least one
   */
  public static MeanInterval of(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    int count = values.length;
    if (count == 1) {
      return new MeanInterval(mean, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, count);
    }
    double half =
        new TDistribution(count - 1).inverseCumulativeProbability(UPPER)
            * new StandardDeviation().evaluate(values)
            / Math.sqrt(count);
    return new MeanInterval(mean, mean - half, mean + half, count);
  }

  /** E.g. {@code "0.12 [0.05, 0.19]"}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.3g [%.3g, %.3g]", mean, low, high);
  }
}
