package dev.unrolling.metrics;

import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;

/**
 * The Lipschitz constant K of the logits in the weights, measured on the segment from w' to w''
 * with the running statistics of M' (claim 2.6): the segment is cut into equal pieces, and K is the
 * largest change of an example's logits over a piece, divided by the length of the piece. So \(
 * \|z'' - z'\| \le K v \) holds for every example by the triangle inequality. More pieces, each a
 * cut of the former, never give less.
 *
 * @param largest K over all examples, in logits a unit of weight; 0 if the weights are equal
 * @param mean over examples of each one's own K, which bounds the mean logit distance
 * @param verificationError v, the length of the segment
 * @param pieces how many
 */
public record LipschitzConstant(double largest, double mean, double verificationError, int pieces) {

  /**
   * Measures the constant, at {@code pieces + 1} evaluations of all examples.
   *
   * @param unlearned M'', unchanged
   * @param retrained M', unchanged
   * @param dataset where the examples live
   * @param indices at least one
   * @param pieces at least 1
   */
  public static LipschitzConstant onSegment(
      Network unlearned, Network retrained, Dataset dataset, int[] indices, int pieces) {
    if (pieces < 1) {
      throw new IllegalArgumentException("a segment has at least 1 piece, not " + pieces);
    }
    WeightDistance.checkSame(unlearned, retrained);
    double[] steepest = new double[indices.length];
    try (Network walker = retrained.copy();
        ParameterVector from = retrained.weights();
        ParameterVector step = unlearned.weights()) {
      double length = step.addInPlace(-1, from).norm2();
      double[][] before = Outputs.of(walker, dataset, indices);
      for (int piece = 1; piece <= pieces && length > 0; piece++) {
        try (ParameterVector at = from.copy().addInPlace((double) piece / pieces, step)) {
          walker.setWeights(at);
        }
        double[][] after = Outputs.of(walker, dataset, indices);
        for (int i = 0; i < indices.length; i++) {
          double slope = Outputs.distance(after[i], before[i]) * pieces / length;
          steepest[i] = Math.max(steepest[i], slope);
        }
        before = after;
      }
      double largest = 0;
      double sum = 0;
      for (double slope : steepest) {
        largest = Math.max(largest, slope);
        sum += slope;
      }
      return new LipschitzConstant(largest, sum / indices.length, length, pieces);
    }
  }
}
