package dev.unrolling.metrics;

import dev.unrolling.engine.logits.SoftMax;
import java.util.Arrays;

/**
 * Divergences of two probability vectors of the same length, in nats (claim 2.6).
 *
 * <p>A class of probability 0 under the first adds 0 to the Kullback-Leibler divergence; one of
 * positive probability under the first and 0 under the second makes it infinite. From logits there
 * are no zeros: the logarithms are taken before anything can underflow.
 */
public final class Divergences {

  private Divergences() {}

  /**
   * Kullback-Leibler divergence \( \mathrm{KL}(p \| q) = \sum_i p_i \ln (p_i / q_i) \).
   *
   * @param p probabilities, each at least 0, of sum 1
   * @param q as many
   * @return at least 0, maybe infinite
   */
  public static double kullbackLeibler(double[] p, double[] q) {
    check(p, q);
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += p[i] == 0 ? 0 : p[i] * Math.log(p[i] / q[i]);
    }
    return Math.max(0, sum);
  }

  /**
   * Jensen-Shannon divergence: the mean of both divergences to the mean of the two.
   *
   * @param p probabilities, each at least 0, of sum 1
   * @param q as many
   * @return 0 to ln 2
   */
  public static double jensenShannon(double[] p, double[] q) {
    check(p, q);
    double[] middle = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      middle[i] = (p[i] + q[i]) / 2;
    }
    return (kullbackLeibler(p, middle) + kullbackLeibler(q, middle)) / 2;
  }

  /**
   * The divergence of soft-max(z) from soft-max(y), finite for finite logits and at most \( \|z -
   * y\|^2 / 4 \).
   *
   * @param z logits
   * @param y as many
   */
  public static double kullbackLeiblerOfLogits(double[] z, double[] y) {
    double[] logP = new SoftMax(z).logarithms();
    double[] logQ = new SoftMax(y).logarithms();
    if (z.length != y.length) {
      throw lengths(z, y);
    }
    double sum = 0;
    for (int i = 0; i < z.length; i++) {
      sum += Math.exp(logP[i]) * (logP[i] - logQ[i]);
    }
    return Math.max(0, sum);
  }

  /** The soft-max probabilities of logits, by their logarithms. */
  public static double[] softMax(double[] logits) {
    return Arrays.stream(new SoftMax(logits).logarithms()).map(Math::exp).toArray();
  }

  private static void check(double[] p, double[] q) {
    if (p.length != q.length) {
      throw lengths(p, q);
    }
    checkProbabilities(p);
    checkProbabilities(q);
  }

  private static void checkProbabilities(double[] p) {
    double sum = 0;
    for (double value : p) {
      if (!(value >= 0)) {
        throw new IllegalArgumentException("a probability must be at least 0, not " + value);
      }
      sum += value;
    }
    if (!(Math.abs(sum - 1) <= 1e-6)) {
      throw new IllegalArgumentException(
          "probabilities must sum to 1, not " + sum + "; give logits to softMax first");
    }
  }

  private static IllegalArgumentException lengths(double[] p, double[] q) {
    return new IllegalArgumentException(
        "two vectors of one length are compared, not of " + p.length + " and " + q.length);
  }
}
