package dev.unrolling.experiments.cost;

import dev.unrolling.dataset.DataSets;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.settings.Ranges;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.util.List;
import java.util.stream.LongStream;

/**
 * One run of experiment E8: the same examples trained on as one model, without and with the SD
 * loss, and as SISA without it. All start from the same w_0, drawn by the seed: there is no
 * pre-training on examples that could be asked for.
 *
 * @param model name of an architecture
 * @param data name of a data set (see {@link DataSets})
 * @param examples N trained on, at least 2 batches, and at least one a slice
 * @param shards S, at least 1
 * @param slices R of each shard, at least 1
 * @param epochs E of the one model, at least 1; {@code 2 * epochs} must be a multiple of {@code
 *     slices + 1}, so that SISA's {@code 2 E / (R + 1)} epochs a slice take as many gradients
 * @param batchSize b, at least 1
 * @param rate eta of all, positive
 * @param gamma weight of the SD penalty in the run with it, positive
 * @param points q that a request forgets, at least 1
 * @param requests that SISA really serves, at least 1
 * @param budget of the summed unlearning error, in units of the e of a request at gamma 0; at least
 *     0
 * @param horizon requests over which costs are compared, at least {@code requests}; they must leave
 *     at least one example
 * @param simulations sequences of requests that the closed form is held against, at least 2
 * @param testExamples of the test set, for the accuracies, at least 1
 * @param measureEvery steps between two measurements of sigma, at least 1
 * @param seed of the examples, the weights, the orders, the partition and the requests
 */
public record CostSettings(
    String model,
    String data,
    int examples,
    int shards,
    int slices,
    int epochs,
    int batchSize,
    double rate,
    double gamma,
    int points,
    int requests,
    double budget,
    int horizon,
    int simulations,
    int testExamples,
    int measureEvery,
    long seed) {

  /** Checks the ranges. */
  public CostSettings {
    Ranges.named("model", model);
    Ranges.named("data", data);
    Ranges.atLeast("shards", shards, 1);
    Ranges.atLeast("slices", slices, 1);
    Ranges.atLeast("epochs", epochs, 1);
    Ranges.atLeast("batchSize", batchSize, 1);
    Ranges.atLeast("examples", examples, Math.max(2 * batchSize, shards * slices));
    Ranges.atLeast("points", points, 1);
    Ranges.atLeast("requests", requests, 1);
    Ranges.atLeast("horizon", horizon, requests);
    Ranges.atLeast("simulations", simulations, 2);
    Ranges.atLeast("testExamples", testExamples, 1);
    Ranges.atLeast("measureEvery", measureEvery, 1);
    if (2 * epochs % (slices + 1) != 0) {
      throw new IllegalArgumentException(
          "epochs must make 2 * epochs a multiple of slices + 1 = "
              + (slices + 1)
              + ", which "
              + epochs
              + " does not");
    }
    if ((long) horizon * points >= examples) {
      throw new IllegalArgumentException(
          "horizon must leave an example: at most "
              + (examples - 1) / points
              + " requests of "
              + points
              + ", not "
              + horizon);
    }
    if (!(rate > 0 && gamma > 0) || Double.isInfinite(rate) || Double.isInfinite(gamma)) {
      throw new IllegalArgumentException(
          "rate and gamma must be finite and positive, not " + rate + " and " + gamma);
    }
    if (!(budget >= 0) || Double.isInfinite(budget)) {
      throw new IllegalArgumentException("budget must be finite and at least 0, not " + budget);
    }
  }

  /**
   * The setting of a scale at seed 0. At desk scale it is a ResNet-20 on 10,000 images, a fifth of
   * E1's, since it is trained three times and served from; at paper scale all of CIFAR-10. The
   * authors have no such experiment.
   */
  public static CostSettings of(Scale scale) {
    return switch (scale) {
      case SMOKE ->
          new CostSettings(
              "resnet8-half-2",
              "cifar10",
              120,
              2,
              2,
              3,
              16,
              0.05,
              5,
              1,
              3,
              10,
              100,
              500,
              100,
              12,
              0);
      case QUICK ->
          new CostSettings(
              "resnet8-half-8",
              "cifar10",
              1200,
              4,
              3,
              6,
              32,
              0.05,
              5,
              1,
              12,
              10,
              400,
              2000,
              1000,
              57,
              0);
      case DESK ->
          new CostSettings(
              "resnet20",
              "cifar10",
              10000,
              4,
              2,
              6,
              64,
              0.05,
              5,
              1,
              8,
              40,
              2000,
              2000,
              10000,
              157,
              0);
      case PAPER ->
          new CostSettings(
              "resnet18",
              "cifar10",
              50000,
              10,
              4,
              20,
              128,
              0.1,
              5,
              1,
              20,
              10,
              5000,
              2000,
              10000,
              1955,
              0);
    };
  }

  /** The settings of a scale, one a seed: three seeds at quick, two at smoke, one beyond. */
  public static List<CostSettings> seeds(Scale scale) {
    long[] seeds = scale.isSmall() ? FineTuningSettings.seeds(scale) : new long[] {0};
    return LongStream.of(seeds).mapToObj(of(scale)::withSeed).toList();
  }

  /** These settings with another seed. */
  public CostSettings withSeed(long value) {
    return SettingsJson.with(this, "seed", value);
  }

  /** Epochs of each slice of SISA: {@code 2 E / (R + 1)}. */
  public int epochsPerSlice() {
    return 2 * epochs / (slices + 1);
  }

  /** The one model's run, without penalty; x* is a batch, first in each epoch. */
  public FineTuningSettings unsharded() {
    return SettingsJson.read(
        FineTuningSettings.authors(),
        """
        {"model": "%s", "data": "%s", "examples": %s, "pretrainingEpochs": 0, "epochs": %s,
         "batchSize": %s, "rate": %s, "testExamples": %s, "measureEvery": %s, "seed": %s}
        """
            .formatted(
                model, data, examples, epochs, batchSize, rate, testExamples, measureEvery, seed));
  }
}
