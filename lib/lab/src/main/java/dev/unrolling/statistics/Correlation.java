package dev.unrolling.statistics;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * Rank correlation over settings, with what resampling the settings says of it.
 *
 * @param value Spearman's rho in [-1, 1]; 0 if one of the variables is constant
 * @param low 2.5% quantile over resamples
 * @param high 97.5% quantile over resamples
 */
public record Correlation(double value, double low, double high) {

  private static final int RESAMPLES = 2000;
  private static final long SEED = 20220606;

  /**
   * Spearman's rank correlation with a 95% percentile interval from resampling the pairs.
   *
   * @param x one value a setting, at least 3
   * @param y one value a setting, as many
   */
  public static Correlation ofRanks(double[] x, double[] y) {
    double[] resampled = resample(x.length, rows -> spearman(pick(x, rows), pick(y, rows)));
    Percentile percentile = new Percentile();
    return new Correlation(
        spearman(x, y), percentile.evaluate(resampled, 2.5), percentile.evaluate(resampled, 97.5));
  }

  /**
   * In which share of resamples one variable ranks a target better than another does in either
   * direction; a tie counts one half.
   *
   * @param target what is to be ranked, one value a setting
   * @param better one value a setting
   * @param than one value a setting
   * @return 0 to 1
   */
  public static double shareWhereBetter(double[] target, double[] better, double[] than) {
    double[] wins =
        resample(
            target.length,
            rows -> {
              double[] t = pick(target, rows);
              double first = spearman(t, pick(better, rows));
              double second = Math.abs(spearman(t, pick(than, rows)));
              return 0.5 + 0.5 * Math.signum(first - second);
            });
    return Arrays.stream(wins).average().orElseThrow();
  }

  /** Spearman's rho; 0 if a variable is constant. */
  public static double spearman(double[] x, double[] y) {
    return orZero(new SpearmansCorrelation().correlation(x, y));
  }

  /** Pearson's r; 0 if a variable is constant. */
  public static double pearson(double[] x, double[] y) {
    return orZero(new PearsonsCorrelation().correlation(x, y));
  }

  /** First differences: n - 1 values from n. */
  public static double[] differences(double[] series) {
    return IntStream.range(1, series.length).mapToDouble(i -> series[i] - series[i - 1]).toArray();
  }

  /** E.g. {@code "0.83 [0.41, 0.96]"}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f [%.2f, %.2f]", value, low, high);
  }

  private static double[] resample(int size, ToDoubleFunction<int[]> statistic) {
    SplittableRandom random = new SplittableRandom(SEED);
    double[] values = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      values[i] = statistic.applyAsDouble(random.ints(size, 0, size).toArray());
    }
    return values;
  }

  private static double[] pick(double[] values, int[] rows) {
    return Arrays.stream(rows).mapToDouble(row -> values[row]).toArray();
  }

  private static double orZero(double correlation) {
    return Double.isNaN(correlation) ? 0 : correlation;
  }
}
