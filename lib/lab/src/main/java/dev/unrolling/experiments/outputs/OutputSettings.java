package dev.unrolling.experiments.outputs;

import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.util.ArrayList;
import java.util.List;

/**
 * A run after which unlearned models are compared with the retrained one by their answers (claim
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
    return grid(
        new OutputSettings("tanh-cnn-8", smoke ? 96 : 256, 100, 32, 2, 1, 1, 0, 4, 0),
        smoke ? 2 : 3,
        List.of(0.0, 10.0),
        List.of(0.003, 0.01, 0.03));
  }

  /**
   * A linear model over vectors, over rates, gammas and numbers of epochs.
   *
   * @param features in a vector
   */
  public static List<OutputSettings> heads(Scale scale, int features) {
    boolean smoke = scale == Scale.SMOKE;
    return grid(
        new OutputSettings("linear-" + features, smoke ? 96 : 256, 100, 8, 2, 1, 1, 0, 4, 0),
        smoke ? 2 : 3,
        List.of(0.0, 0.7),
        List.of(0.001, 0.003, 0.01));
  }

  private static List<OutputSettings> grid(
      OutputSettings base, int moreEpochs, List<Double> gammas, List<Double> rates) {
    List<OutputSettings> all = new ArrayList<>();
    for (int epochs : new int[] {1, moreEpochs}) {
      for (double gamma : gammas) {
        for (double rate : rates) {
          all.add(SettingsJson.with(base, "epochs", epochs, "gamma", gamma, "rate", rate));
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
