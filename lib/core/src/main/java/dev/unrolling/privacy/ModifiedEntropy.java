package dev.unrolling.privacy;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.logits.SoftMax;
import dev.unrolling.training.Logits;
import java.util.Arrays;

/**
 * Modified entropy of an answer (Song and Mittal, USENIX Security 2021; claim 2.8): for
 * probabilities F and the true label y
 *
 * <p>\( H(F, y) = -(1 - F_y) \ln F_y - \sum_{i \neq y} F_i \ln(1 - F_i) \)
 *
 * <p>in nats: 0 for full confidence in the true class, and the larger the less the model believes
 * in it, so what a model was trained on tends to have small values. Logarithms are taken of at
 * least {@link #FLOOR}, so that the value is finite at probabilities 0 and 1: full confidence in a
 * wrong class gives the largest value there is, \( 2 \cdot 69.08 = 138.16 \).
 */
public final class ModifiedEntropy {

  /** The least number of which a logarithm is taken. */
  public static final double FLOOR = 1e-30;

  private static final double SUM_TOLERANCE = 1e-6;

  /** What the formula is fed with. */
  public enum Convention {
    /** The soft-max of the logits, as the formula means it. Values are 0 to 138.16. */
    PROBABILITIES,
    /**
     * The logits themselves, as the authors' scripts do: no soft-max, and logarithms of what is
     * often negative and then stands at {@link ModifiedEntropy#FLOOR}. Values may have any sign and
     * change when a number is added to all logits. For reproducing those scripts only.
     */
    AUTHORS_RAW_LOGITS
  }

  private ModifiedEntropy() {}

  /**
   * The modified entropy of probabilities.
   *
   * @param probabilities of at least 2 classes, each 0 to 1, of sum 1
   * @param label the true class
   * @return 0 to 138.16 nats
   * @throws IllegalArgumentException if these are no probabilities or there is no such class
   */
  public static double value(double[] probabilities, int label) {
    check(probabilities, label);
    double sum = 0;
    for (double value : probabilities) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException(
            "a probability must be 0 to 1, not " + value + "; give logits to valueOfLogits");
      }
      sum += value;
    }
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new IllegalArgumentException(
          "probabilities must sum to 1, not " + sum + "; give logits to valueOfLogits");
    }
    double[] rest = Arrays.stream(probabilities).map(p -> 1 - p).toArray();
    return formula(probabilities, rest, label);
  }

  /**
   * The modified entropy of the soft-max of logits. What is left to 1 is summed from the other
   * classes, so nothing cancels where a probability is near 1.
   *
   * @param logits of at least 2 classes, finite
   * @param label the true class
   * @return 0 to 138.16 nats
   * @throws IllegalArgumentException if a logit is not finite or there is no such class
   */
  public static double valueOfLogits(double[] logits, int label) {
    checkFinite(logits, label);
    int classes = logits.length;
    double[] powers = new SoftMax(logits).powers();
    double sum = Arrays.stream(powers).sum();
    double[] rest = new double[classes];
    double before = 0;
    for (int i = 0; i < classes; i++) {
      rest[i] = before;
      before += powers[i];
    }
    double after = 0;
    for (int i = classes - 1; i >= 0; i--) {
      rest[i] = (rest[i] + after) / sum;
      after += powers[i];
    }
    return formula(Arrays.stream(powers).map(p -> p / sum).toArray(), rest, label);
  }

  /**
   * The formula with logits in the place of probabilities: {@link Convention#AUTHORS_RAW_LOGITS}.
   *
   * @param logits of at least 2 classes, finite
   * @param label the true class
   * @return any finite number
   * @throws IllegalArgumentException if a logit is not finite or there is no such class
   */
  public static double valueOfRawLogits(double[] logits, int label) {
    checkFinite(logits, label);
    return formula(logits, Arrays.stream(logits).map(z -> 1 - z).toArray(), label);
  }

  /**
   * The modified entropies of a network's answers, with running statistics.
   *
   * @param network unchanged
   * @param examples at least one
   * @param convention what the formula is fed with
   */
  public static EntropySample of(Network network, Batch examples, Convention convention) {
    return of(Logits.of(network, examples), examples.labels(), convention);
  }

  /**
   * The modified entropies of answers that are there already.
   *
   * @param logits {@code (example, class)}, finite, of at least 2 classes
   * @param labels one a row
   * @param convention what the formula is fed with
   */
  public static EntropySample of(double[][] logits, int[] labels, Convention convention) {
    if (logits.length != labels.length) {
      throw new IllegalArgumentException(
          "a label each row of logits is needed, not "
              + labels.length
              + " labels for "
              + logits.length
              + " rows");
    }
    double[] values = new double[labels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (convention) {
            case PROBABILITIES -> valueOfLogits(logits[i], labels[i]);
            case AUTHORS_RAW_LOGITS -> valueOfRawLogits(logits[i], labels[i]);
          };
    }
    return new EntropySample(values, labels);
  }

  /** The formula, with what is left to 1 given beside each value. */
  private static double formula(double[] values, double[] rest, int label) {
    double sum = -rest[label] * logarithm(values[label], rest[label]);
    for (int i = 0; i < values.length; i++) {
      sum -= i == label ? 0 : values[i] * logarithm(rest[i], values[i]);
    }
    return sum;
  }

  /** ln value, where value + rest = 1: by whichever of the two is known better. */
  private static double logarithm(double value, double rest) {
    return Math.abs(rest) < 0.5 ? Math.log1p(-rest) : Math.log(Math.max(value, FLOOR));
  }

  private static void checkFinite(double[] logits, int label) {
    check(logits, label);
    for (double logit : logits) {
      if (!Double.isFinite(logit)) {
        throw new IllegalArgumentException(
            "logits must be finite, not " + logit + "; has training diverged?");
      }
    }
  }

  private static void check(double[] values, int label) {
    if (values.length < 2) {
      throw new IllegalArgumentException(
          "modified entropy needs at least 2 classes, not " + values.length);
    }
    if (label < 0 || label >= values.length) {
      throw new IllegalArgumentException(
          "label " + label + " is outside 0 to " + (values.length - 1));
    }
  }
}
