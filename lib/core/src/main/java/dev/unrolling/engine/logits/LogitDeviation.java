package dev.unrolling.engine.logits;

import java.util.Arrays;

/** The standard deviation (with C - 1) of one example's C logits, what the SD loss holds down. */
public final class LogitDeviation {

  private LogitDeviation() {}

  /** The standard deviation of at least two logits. */
  public static double value(double[] logits) {
    double mean = mean(logits);
    double squares = Arrays.stream(logits).map(z -> (z - mean) * (z - mean)).sum();
    return Math.sqrt(squares / (logits.length - 1));
  }

  /**
   * Adds a multiple of its derivative, \( (z - \bar z) / ((C - 1) \, \mathrm{std}\, z) \), to a
   * gradient. Where it is 0, its derivative is taken to be 0.
   *
   * @param logits at least two
   * @param weight that the derivative is multiplied by
   * @param gradient by the logits; changed
   * @return the standard deviation
   */
  public static double addDerivative(double[] logits, double weight, double[] gradient) {
    double mean = mean(logits);
    double deviation = value(logits);
    for (int c = 0; c < logits.length && deviation > 0; c++) {
      gradient[c] += weight * (logits[c] - mean) / ((logits.length - 1) * deviation);
    }
    return deviation;
  }

  private static double mean(double[] logits) {
    return Arrays.stream(logits).average().orElseThrow();
  }
}
