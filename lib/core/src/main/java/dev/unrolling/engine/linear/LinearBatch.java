package dev.unrolling.engine.linear;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Examples;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Objective.Criterion;
import dev.unrolling.engine.logits.LogitDeviation;
import dev.unrolling.engine.logits.SoftMax;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Layer;

/**
 * A batch before a linear model \( z = W x + b \), and what its objective's data part is made of.
 * Of each example, with its soft-max p, its target y (a label's unit vector) and the penalty's
 * weight \( \beta \):
 *
 * <p>\[ \ell = -y^T \ln p + \beta s, \quad s = \mathrm{std}(z), \quad \frac{\partial \ell}{\partial
 * z} = p - y + \beta \frac{z - \bar z}{(C - 1) s}, \quad \frac{\partial \ell}{\partial W} =
 * \frac{\partial \ell}{\partial z} x^T \]
 *
 * <p>and for the squared error \( z - y \) in place of \( p - y \). A vector of weights V moves the
 * logits by \( \dot z = V x \), and the slopes with them:
 *
 * <p>\[ \frac{\partial^2 \ell}{\partial z^2} \dot z = p \odot \dot z - (p^T \dot z)\, p +
 * \frac{\beta}{(C - 1) s} \Big( \dot z - \bar{\dot z} - \frac{(z - \bar z)^T \dot z}{(C - 1) s^2}
 * (z - \bar z) \Big) \]
 */
final class LinearBatch {

  private final int classes;
  private final int features;
  private final boolean bias;
  private final int examples;
  private final double[] values;

  LinearBatch(Batch batch, Architecture architecture, Layer.Dense layer) {
    this.classes = layer.out();
    this.features = layer.in();
    this.bias = layer.bias();
    this.examples = batch.size();
    this.values = Examples.values(batch, architecture);
  }

  /** The logits of each example at weights: W row by row, then b if there is one. */
  double[][] logits(double[] weights) {
    double[][] logits = new double[examples][classes];
    for (int n = 0; n < examples; n++) {
      for (int c = 0; c < classes; c++) {
        logits[n][c] =
            DoubleVector.dot(weights, c * features, values, n * features, features)
                + (bias ? weights[classes * features + c] : 0);
      }
    }
    return logits;
  }

  /**
   * Adds, over the examples, their slopes times their values.
   *
   * @param gradient in the order of the weights; changed
   */
  void pullBack(double[][] slopes, double scale, double[] gradient) {
    for (int n = 0; n < examples; n++) {
      for (int c = 0; c < classes; c++) {
        double slope = scale * slopes[n][c];
        DoubleVector.add(slope, values, n * features, gradient, c * features, features);
        if (bias) {
          gradient[classes * features + c] += slope;
        }
      }
    }
  }

  /**
   * Of each example, its slopes times the weights W: the derivative by its values.
   *
   * @return one example after the other
   */
  double[] byValues(double[][] slopes, double scale, double[] weights) {
    double[] gradient = new double[values.length];
    for (int n = 0; n < examples; n++) {
      for (int c = 0; c < classes; c++) {
        DoubleVector.add(
            scale * slopes[n][c], weights, c * features, gradient, n * features, features);
      }
    }
    return gradient;
  }

  /**
   * The loss of an example and its derivative.
   *
   * @param target one value a logit, as {@link Examples#targets} gives
   * @param slope by the logits; from zeros
   */
  static double loss(Objective objective, double[] logits, double[] target, double[] slope) {
    double weight = objective.penaltyWeight(logits.length);
    double loss =
        objective.criterion() == Criterion.CROSS_ENTROPY
            ? crossEntropy(logits, target, slope)
            : squaredError(logits, target, slope);
    return weight > 0 ? loss + weight * LogitDeviation.addDerivative(logits, weight, slope) : loss;
  }

  private static double crossEntropy(double[] logits, double[] target, double[] slope) {
    SoftMax softMax = new SoftMax(logits);
    double loss = 0;
    for (int c = 0; c < logits.length; c++) {
      slope[c] = softMax.probability(c) - target[c];
      loss += target[c] * (softMax.logSum() - logits[c]);
    }
    return loss;
  }

  private static double squaredError(double[] logits, double[] target, double[] slope) {
    double loss = 0;
    for (int c = 0; c < logits.length; c++) {
      slope[c] = logits[c] - target[c];
      loss += slope[c] * slope[c] / 2;
    }
    return loss;
  }

  /**
   * How the slope of an example moves with its logits: the second derivative times {@code moved}.
   */
  static double[] curved(Objective objective, double[] logits, double[] moved) {
    double[] result = moved.clone();
    if (objective.criterion() == Criterion.CROSS_ENTROPY) {
      SoftMax softMax = new SoftMax(logits);
      double mean = 0;
      for (int c = 0; c < logits.length; c++) {
        mean += softMax.probability(c) * moved[c];
      }
      for (int c = 0; c < logits.length; c++) {
        result[c] = softMax.probability(c) * (moved[c] - mean);
      }
    }
    double weight = objective.penaltyWeight(logits.length);
    double deviation = weight > 0 ? LogitDeviation.value(logits) : 0;
    if (deviation > 0) {
      double[] centred = new double[logits.length];
      LogitDeviation.addDerivative(logits, (logits.length - 1) * deviation, centred);
      double along = DoubleVector.dot(centred, 0, moved, 0, moved.length);
      double mean = 0;
      for (double one : moved) {
        mean += one / moved.length;
      }
      double degrees = logits.length - 1;
      for (int c = 0; c < logits.length; c++) {
        result[c] +=
            weight
                / (degrees * deviation)
                * (moved[c] - mean - along / (degrees * deviation * deviation) * centred[c]);
      }
    }
    return result;
  }
}
