package dev.unrolling.experiments.outputs;

import dev.unrolling.experiment.FilmReviews;
import dev.unrolling.settings.Grid;
import dev.unrolling.settings.Ranges;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.util.List;
import java.util.stream.Stream;

/**
 * A run after which unlearned models are compared with the retrained one by their answers (claim
 * 2.6).
 *
 * @param model name of an architecture
 * @param data name of a data set
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
    String data,
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
    Ranges.named("model", model);
    Ranges.named("data", data);
    Ranges.atLeast("batchSize", batchSize, 1);
    Ranges.atLeast("trainExamples", trainExamples, 2 * batchSize);
    Ranges.atLeast("testExamples", testExamples, 1);
    Ranges.atLeast("pretrainingEpochs", pretrainingEpochs, 0);
    Ranges.atLeast("epochs", epochs, 1);
    Ranges.positive("rate", rate);
    Ranges.within("gamma", gamma, 0, Double.MAX_VALUE, "finite and at least 0");
    Ranges.atLeast("pieces", pieces, 1);
  }

  /** All of a scale. */
  public static List<OutputSettings> all(Scale scale) {
    return Stream.of(grid(scale), batchNorm(), heads(scale)).flatMap(List::stream).toList();
  }

  /** A network without batch norm over numbers of epochs, gammas and rates. */
  public static List<OutputSettings> grid(Scale scale) {
    return Grid.of(
        base(scale),
        """
        {"epochs": [1, %s], "gamma": [0, 10], "rate": [0.003, 0.01, 0.03]}
        """
            .formatted(moreEpochs(scale)));
  }

  /** A linear model over reviews, over numbers of epochs, gammas and rates. */
  public static List<OutputSettings> heads(Scale scale) {
    String data = FilmReviews.data(scale);
    return Grid.of(
        SettingsJson.with(base(scale), "model", FilmReviews.HEAD, "data", data, "batchSize", 8),
        """
        {"epochs": [1, %s], "gamma": [0, 0.7], "rate": [0.001, 0.003, 0.01]}
        """
            .formatted(moreEpochs(scale)));
  }

  /** A network with batch norm. */
  public static List<OutputSettings> batchNorm() {
    OutputSettings base = new OutputSettings("resnet8-4", "cifar10", 96, 100, 32, 1, 2, 1, 0, 4, 0);
    return Grid.of(base, "{\"rate\": [0.01, 0.03]}");
  }

  private static OutputSettings base(Scale scale) {
    int examples = scale == Scale.SMOKE ? 96 : 256;
    return new OutputSettings("tanh-cnn-8", "cifar10", examples, 100, 32, 2, 1, 1, 0, 4, 0);
  }

  private static int moreEpochs(Scale scale) {
    return scale == Scale.SMOKE ? 2 : 3;
  }
}
