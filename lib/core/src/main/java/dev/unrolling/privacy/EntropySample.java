package dev.unrolling.privacy;

import java.util.Arrays;

/**
 * Modified entropies of some examples, with their labels.
 *
 * @param values finite, one an example, at least one; a copy
 * @param labels the true classes, from 0, as many; a copy
 */
public record EntropySample(double[] values, int[] labels) {

  /** Copies and checks. */
  public EntropySample {
    values = values.clone();
    labels = labels.clone();
    if (values.length == 0 || values.length != labels.length) {
      throw new IllegalArgumentException(
          "a sample needs a label each value and at least 1, not "
              + labels.length
              + " labels for "
              + values.length
              + " values");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i]) || labels[i] < 0) {
        throw new IllegalArgumentException(
            "a modified entropy must be finite and its label at least 0, not "
                + values[i]
                + " and "
                + labels[i]);
      }
    }
  }

  @Override
  public double[] values() {
    return values.clone();
  }

  @Override
  public int[] labels() {
    return labels.clone();
  }

  /** Number of examples. */
  public int size() {
    return values.length;
  }

  /** Mean value. */
  public double mean() {
    return Arrays.stream(values).average().orElseThrow();
  }
}
