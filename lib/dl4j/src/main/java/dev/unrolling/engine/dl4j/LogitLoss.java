package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.Objective;
import dev.unrolling.engine.logits.LogitDeviation;
import dev.unrolling.engine.logits.SoftMax;

/**
 * The data part of an objective (all but weight decay) and its derivative by the logits, in
 * float64.
 *
 * @param value the loss
 * @param gradient {@code [example][class]}
 */
record LogitLoss(double value, double[][] gradient) {

  /**
   * Computes both.
   *
   * @param logits {@code [example][class]}
   * @param targets {@code [example][class]}, as {@link dev.unrolling.engine.Examples#targets} gives
   * @param averagedOver divisor of the sums over the batch
   */
  static LogitLoss of(
      Objective objective, double[][] logits, double[][] targets, int averagedOver) {
    double[][] gradient = new double[logits.length][];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      double[] z = logits[i];
      gradient[i] = new double[z.length];
      sum +=
          switch (objective.criterion()) {
            case CROSS_ENTROPY -> crossEntropy(z, targets[i], gradient[i]);
            case SQUARED_ERROR -> squaredError(z, targets[i], gradient[i]);
          };
      double weight = objective.penaltyWeight(z.length);
      if (weight > 0) {
        sum += weight * LogitDeviation.addDerivative(z, weight, gradient[i]);
      }
      for (int c = 0; c < z.length; c++) {
        gradient[i][c] /= averagedOver;
      }
    }
    return new LogitLoss(sum / averagedOver, gradient);
  }

  private static double crossEntropy(double[] z, double[] target, double[] gradient) {
    SoftMax softMax = new SoftMax(z);
    double sum = 0;
    for (int c = 0; c < z.length; c++) {
      gradient[c] = softMax.probability(c) - target[c];
      sum += target[c] * (softMax.logSum() - z[c]);
    }
    return sum;
  }

  private static double squaredError(double[] z, double[] target, double[] gradient) {
    double sum = 0;
    for (int c = 0; c < z.length; c++) {
      gradient[c] = z[c] - target[c];
      sum += gradient[c] * gradient[c] / 2;
    }
    return sum;
  }
}
