package dev.unrolling.experiments.checkpointing;

import dev.unrolling.experiment.FilmReviews;
import dev.unrolling.settings.Ranges;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.util.List;
import java.util.stream.Stream;

/**
 * A run whose forget batch is unlearned with checkpoints at several spacings (claim 2.5).
 *
 * @param model name of an architecture
 * @param data name of a data set
 * @param batchSize at least 1
 * @param others batches in an epoch beside the forget batch, which stands in their middle, at least
 *     1
 * @param epochs m, at least 1
 * @param rate eta, positive
 * @param measureEvery steps between two measurements of sigma, at least 1; the first is at step 0
 * @param seed of the examples and the initial weights
 */
public record CheckpointingSettings(
    String model,
    String data,
    int batchSize,
    int others,
    int epochs,
    double rate,
    int measureEvery,
    long seed) {

  /** Checks the ranges. */
  public CheckpointingSettings {
    Ranges.named("model", model);
    Ranges.named("data", data);
    Ranges.atLeast("batchSize", batchSize, 1);
    Ranges.atLeast("others", others, 1);
    Ranges.atLeast("epochs", epochs, 1);
    Ranges.positive("rate", rate);
    Ranges.atLeast("measureEvery", measureEvery, 1);
  }

  /** All of a scale. */
  public static List<CheckpointingSettings> all(Scale scale) {
    return List.of(small(scale), large(scale), residual(), head(scale));
  }

  /** A small tanh network at a rate small enough for the leading term. */
  public static CheckpointingSettings small(Scale scale) {
    int epochs = scale == Scale.SMOKE ? 2 : 4;
    return new CheckpointingSettings("tanh-cnn-4", "cifar10", 16, 7, epochs, 0.0005, 4, 0);
  }

  /** The same at 0.01, the rate at which the authors fine-tune in E1. */
  public static CheckpointingSettings large(Scale scale) {
    return SettingsJson.with(small(scale), "rate", 0.01);
  }

  /** A ResNet-8, which has kinks and batch statistics, at the same rate. */
  public static CheckpointingSettings residual() {
    return SettingsJson.with(small(Scale.SMOKE), "model", "resnet8-4");
  }

  /** A linear model over reviews, at a rate small enough for the leading term. */
  public static CheckpointingSettings head(Scale scale) {
    String data = FilmReviews.data(scale);
    return SettingsJson.with(
        small(scale), "model", FilmReviews.HEAD, "data", data, "batchSize", 8, "rate", 2e-5);
  }

  /** Number of steps t. */
  public int steps() {
    return epochs * (others + 1);
  }

  /** Steps between checkpoints: 1, 2, 4 and so on, the last the whole run. */
  public List<Integer> spacings() {
    return Stream.concat(Stream.iterate(1, k -> k < steps(), k -> 2 * k), Stream.of(steps()))
        .toList();
  }
}
