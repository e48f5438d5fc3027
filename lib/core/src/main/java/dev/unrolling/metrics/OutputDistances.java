package dev.unrolling.metrics;

import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.logits.SoftMax;
import dev.unrolling.training.Logits;

/**
 * How differently two models answer on some examples, in evaluation mode (claim 2.6). The first is
 * the unlearned model M'', the second the retrained M'. Where logits are no answer ({@link
 * Logits#areAnswer}), all measures are NaN.
 *
 * @param meanLogitDistance mean over examples of norm2(z'' - z')
 * @param largestLogitDistance the largest of those
 * @param meanKl mean KL(soft-max z'' || soft-max z'), in nats
 * @param meanReverseKl mean KL(soft-max z' || soft-max z''), in nats
 * @param meanJensenShannon mean Jensen-Shannon divergence, 0 to ln 2
 * @param disagreement share of examples whose predicted classes differ, 0 to 1; the first of equal
 *     logits is predicted
 * @param lossGap mean cross entropy of M'' less that of M', in nats
 * @param meanAbsoluteLossGap mean over examples of |cross entropy of M'' less that of M'|, at most
 *     sqrt 2 times the mean logit distance
 * @param examples how many were looked at
 */
public record OutputDistances(
    double meanLogitDistance,
    double largestLogitDistance,
    double meanKl,
    double meanReverseKl,
    double meanJensenShannon,
    double disagreement,
    double lossGap,
    double meanAbsoluteLossGap,
    int examples) {

  /**
   * Compares two networks as they are, each with its own running statistics.
   *
   * @param unlearned M'', unchanged
   * @param retrained M', unchanged
   * @param dataset where the examples live
   * @param indices at least one
   */
  public static OutputDistances between(
      Network unlearned, Network retrained, Dataset dataset, int[] indices) {
    return between(
        Outputs.of(unlearned, dataset, indices),
        Outputs.of(retrained, dataset, indices),
        Outputs.labels(dataset, indices));
  }

  /**
   * Compares two networks with the second's running statistics in both, so that only weights
   * differ. Without batch norm it is the same as {@link #between}.
   *
   * @param unlearned M'', unchanged
   * @param retrained M', unchanged
   * @param dataset where the examples live
   * @param indices at least one
   */
  public static OutputDistances atEqualStatistics(
      Network unlearned, Network retrained, Dataset dataset, int[] indices) {
    try (Network adapted = RunningStatistics.transplant(unlearned, retrained)) {
      return between(adapted, retrained, dataset, indices);
    }
  }

  /**
   * Compares two sets of logits.
   *
   * @param unlearned {@code (example, class)}, at least one row
   * @param retrained of the same shape
   * @param labels one a row
   */
  public static OutputDistances between(double[][] unlearned, double[][] retrained, int[] labels) {
    int n = labels.length;
    if (n == 0 || unlearned.length != n || retrained.length != n) {
      throw new IllegalArgumentException(
          "as many rows of logits as labels are compared, at least 1, not "
              + unlearned.length
              + " and "
              + retrained.length
              + " for "
              + n);
    }
    double distance = 0;
    double largest = 0;
    double kl = 0;
    double reverse = 0;
    double js = 0;
    double gap = 0;
    double absoluteGap = 0;
    double differ = 0;
    for (int i = 0; i < n; i++) {
      double[] z = unlearned[i];
      double[] y = retrained[i];
      if (!Logits.areAnswer(z) || !Logits.areAnswer(y)) {
        double none = Double.NaN;
        return new OutputDistances(none, none, none, none, none, none, none, none, n);
      }
      double apart = Outputs.distance(z, y);
      distance += apart;
      largest = Math.max(largest, apart);
      kl += Divergences.kullbackLeiblerOfLogits(z, y);
      reverse += Divergences.kullbackLeiblerOfLogits(y, z);
      js += Divergences.jensenShannon(Divergences.softMax(z), Divergences.softMax(y));
      differ += Logits.argMax(z) == Logits.argMax(y) ? 0 : 1;
      int label = labels[i];
      double loss = new SoftMax(y).logarithms()[label] - new SoftMax(z).logarithms()[label];
      gap += loss;
      absoluteGap += Math.abs(loss);
    }
    return new OutputDistances(
        distance / n,
        largest,
        kl / n,
        reverse / n,
        js / n,
        differ / n,
        gap / n,
        absoluteGap / n,
        n);
  }
}
