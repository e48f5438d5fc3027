package dev.unrolling.unlearning.baselines.parts;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.data.ImageDataset;
import dev.unrolling.engine.Examples;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradients of a network's criterion by its examples, in evaluation mode, and a step along them.
 */
public final class InputGradients {

  private static final int LARGEST_PIXEL = 255;

  private InputGradients() {}

  /** The gradient of the mean criterion by the values of a batch, one example after the other. */
  public static double[] of(Network network, Batch batch, Objective objective) {
    Objective criterion = objective.withGamma(0).withWeightDecay(0);
    try (INDArray gradient = network.inputGradient(batch, criterion, Mode.EVALUATION)) {
      return gradient.reshape('c', new long[] {gradient.length()}).toDoubleVector();
    }
  }

  /**
   * The fast gradient sign method (Goodfellow, Shlens and Szegedy, ICLR 2015): \( x + \epsilon \,
   * \mathrm{sign} \, \nabla_x L \). Pictures are moved as pixels in [0, 1], stay within it and are
   * rounded to 255ths; other examples are moved as the network sees them.
   *
   * @param step \( \epsilon \)
   * @return the moved examples in the order of the batch
   */
  public static Dataset signStep(Network network, Batch batch, Objective objective, double step) {
    double[] values = Examples.values(batch, network.architecture());
    double[] gradient = of(network, batch, objective);
    Dataset original = batch.dataset();
    if (original instanceof ImageDataset images) {
      double[] mean = images.mean();
      double[] std = images.std();
      int plane = images.exampleSize() / mean.length;
      for (int i = 0; i < values.length; i++) {
        int channel = i / plane % mean.length;
        double pixel = values[i] * std[channel] + mean[channel] + step * Math.signum(gradient[i]);
        double inside = Math.rint(Math.min(1, Math.max(0, pixel)) * LARGEST_PIXEL) / LARGEST_PIXEL;
        values[i] = (inside - mean[channel]) / std[channel];
      }
    } else {
      for (int i = 0; i < values.length; i++) {
        values[i] += step * Math.signum(gradient[i]);
      }
    }
    return FeatureDataset.of(
        original.name() + ", perturbed",
        original.exampleShape(),
        values,
        batch.labels(),
        original.classNames());
  }
}
