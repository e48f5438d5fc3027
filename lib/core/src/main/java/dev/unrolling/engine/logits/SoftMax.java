package dev.unrolling.engine.logits;

import java.util.Arrays;

/**
 * The soft-max \( p_c = e^{z_c} / \sum_k e^{z_k} \) of one example's logits, in float64. The
 * largest logit is taken off first, so that nothing overflows.
 *
 * <p>The one home of it in arrays. LibTorch takes its own, which can be differentiated twice and
 * stays on the device, and so does it with the standard deviation of {@link LogitDeviation}.
 */
public final class SoftMax {

  private final double[] logits;
  private final double[] powers;
  private final double max;
  private final double sum;

  /** The soft-max of logits, of at least one class; they are not copied. */
  public SoftMax(double[] logits) {
    this.logits = logits;
    this.max = Arrays.stream(logits).max().orElseThrow();
    this.powers = Arrays.stream(logits).map(z -> Math.exp(z - max)).toArray();
    double total = 0;
    for (double power : powers) {
      total += power;
    }
    this.sum = total;
  }

  /** \( e^{z_c - \max z} \) of each class: the probabilities but for a common factor. */
  public double[] powers() {
    return powers;
  }

  /** \( p_c \). */
  public double probability(int label) {
    return powers[label] / sum;
  }

  /** \( \ln \sum_k e^{z_k} \): the cross entropy is this less the logit of the label. */
  public double logSum() {
    return max + Math.log(sum);
  }

  /** \( \ln p_c \) of each class, finite for finite logits. */
  public double[] logarithms() {
    return Arrays.stream(logits).map(z -> z - max - Math.log(sum)).toArray();
  }
}
