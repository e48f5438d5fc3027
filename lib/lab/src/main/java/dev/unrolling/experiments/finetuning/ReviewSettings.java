package dev.unrolling.experiments.finetuning;

import dev.unrolling.data.DataCache;
import dev.unrolling.data.TextEncoder;
import dev.unrolling.data.TextFeatures;
import dev.unrolling.dataset.NamedReviews;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.util.List;
import java.util.function.Consumer;

/**
 * Experiment E5: a linear head on frozen sentence features of film reviews, trained from its
 * initial weights with the SD loss; {@link FineTuning} runs it. Batches of 8, the forget batch
 * first in each epoch.
 *
 * @param trainingReviews as many of each class, at least 16
 * @param testReviews as many of each class, at least 2
 * @param epochs at least 1
 * @param rate learning rate, positive
 * @param gammas weights of the penalty in the authors' normalisation, in rising order, from 0
 */
public record ReviewSettings(
    int trainingReviews, int testReviews, int epochs, double rate, List<Double> gammas) {

  /** The authors' learning rate. */
  public static final double AUTHORS_RATE = 2e-5;

  /** Rate times steps of the authors' run: 200 epochs of 3,125 steps. */
  private static final double RATE_TIMES_STEPS = AUTHORS_RATE * 200 * 3125;

  private static final List<Double> SHORT_GRID = List.of(0.0, 0.1, 1.0, 5.0);
  private static final int BATCH = 8;
  private static final int MEASUREMENTS = 8;

  /** Checks the ranges. */
  public ReviewSettings {
    gammas = List.copyOf(gammas);
    if (trainingReviews < 2 * BATCH || testReviews < 2 || epochs < 1) {
      throw new IllegalArgumentException(
          "at least 16 training reviews, 2 test reviews and 1 epoch are needed, not "
              + trainingReviews
              + ", "
              + testReviews
              + " and "
              + epochs);
    }
    if (gammas.isEmpty()
        || gammas.get(0) != 0
        || !gammas.stream().sorted().distinct().toList().equals(gammas)) {
      throw new IllegalArgumentException("gammas must rise from 0, not be " + gammas);
    }
  }

  /**
   * The settings of a scale. At desk and paper scale rate, epochs and grid are the authors'. At
   * quick scale there are 20,000 steps and the rate is larger by as much, 6.25e-4: rate times steps
   * is the authors' 12.5, so that training gets as far. At smoke scale it does not.
   */
  public static ReviewSettings of(Scale scale) {
    return switch (scale) {
      case SMOKE -> new ReviewSettings(100, 100, 20, 1e-3, SHORT_GRID);
      case QUICK -> shortened(2000, 80);
      case DESK, PAPER ->
          new ReviewSettings(
              24_000,
              24_000,
              200,
              AUTHORS_RATE,
              List.of(0.0, 0.01, 0.1, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 50.0));
    };
  }

  private static ReviewSettings shortened(int reviews, int epochs) {
    int steps = epochs * (1 + (reviews - 1) / BATCH);
    return new ReviewSettings(reviews, reviews, epochs, RATE_TIMES_STEPS / steps, SHORT_GRID);
  }

  /**
   * The features of the reviews that the scale asks for, encoded or found in the cache.
   *
   * @param encoder of the reviews
   * @param cache of reviews and features
   * @param progress told in a line how far it is
   */
  public TextFeatures features(TextEncoder encoder, DataCache cache, Consumer<String> progress) {
    return NamedReviews.features(encoder, cache, trainingReviews, testReviews, progress);
  }

  /**
   * The runs, one a gamma, at seed 0.
   *
   * @param features width of a vector
   */
  public List<FineTuningSettings> runs(int features) {
    return gammas.stream().map(base(features)::withGamma).toList();
  }

  private FineTuningSettings base(int features) {
    FineTuningSettings once =
        SettingsJson.read(
            FineTuningSettings.authors(),
            """
            {"model": "linear-%s", "data": "imdb-%s", "examples": %s, "pretrainingEpochs": 0,
             "pretrainingBatchSize": %s, "pretrainingRate": %s, "epochs": %s, "batchSize": %s,
             "rate": %s, "testExamples": %s}
            """
                .formatted(
                    features,
                    trainingReviews,
                    trainingReviews,
                    BATCH,
                    rate,
                    epochs,
                    BATCH,
                    rate,
                    testReviews));
    return once.withMeasureEvery(Math.max(1, once.steps() / MEASUREMENTS));
  }
}
