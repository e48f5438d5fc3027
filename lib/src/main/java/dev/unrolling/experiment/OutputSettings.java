package dev.unrolling.experiment;

import java.util.ArrayList;
import java.util.List;

/**
 * A run after which unlearned models are compared with the retrained one by their answers (section
 * 2.6).
 *
 * @param model name of an architecture
 * @param trainExamples of the training set used, the forget batch included, at least two batches
 * @param testExamples that the models are compared on, at least 1
 * @param batchSize at least 1
 * @param pretrainingEpochs without the forget batch, at least 0
 * @param epochs of fine-tuning, the forget batch first in each, at least 1
 * @param rate eta of both, positive
 * @param gamma weight of the SD penalty, at least 0
 * @param pieces in which the way from M' to M'' is cut to measure the Lipschitz constant, at least
 *     1
 * @param seed of examples, weights and order
 */
public record OutputSettings(
    String model,
    int trainExamples,
    int testExamples,
    int batchSize,
    int pretrainingEpochs,
    int epochs,
    double rate,
    double gamma,
    int pieces,
    long seed) {

  /** Checks the ranges. */
  public OutputSettings {
    if (batchSize < 1
        || trainExamples < 2 * batchSize
        || testExamples < 1
        || pretrainingEpochs < 0
        || epochs < 1
        || pieces < 1) {
      throw new IllegalArgumentException(
          "batchSize, testExamples, epochs and pieces must be at least 1, trainExamples at least two"
              + " batches and pretrainingEpochs at least 0, not "
              + List.of(batchSize, testExamples, epochs, pieces, trainExamples, pretrainingEpochs));
    }
    if (!(rate > 0) || !(gamma >= 0)) {
      throw new IllegalArgumentException(
          "rate must be positive and gamma at least 0, not " + rate + " and " + gamma);
    }
  }

  /** A network without batch norm over rates, gammas and numbers of epochs. */
  public static List<OutputSettings> grid(Scale scale) {
    boolean smoke = scale == Scale.SMOKE;
    List<OutputSettings> all = new ArrayList<>();
    for (int epochs : smoke ? new int[] {1, 2} : new int[] {1, 3}) {
      for (double gamma : new double[] {0, 10}) {
        for (double rate : new double[] {0.003, 0.01, 0.03}) {
          all.add(
              new OutputSettings(
                  "tanh-cnn-8", smoke ? 96 : 256, 100, 32, 2, epochs, rate, gamma, 4, 0));
        }
      }
    }
    return all;
  }

  /** A network with batch norm. */
  public static List<OutputSettings> batchNorm(Scale scale) {
    return List.of(
        new OutputSettings("resnet8-4", 96, 100, 32, 1, 2, 0.01, 0, 4, 0),
        new OutputSettings("resnet8-4", 96, 100, 32, 1, 2, 0.03, 0, 4, 0));
  }
}
