package dev.unrolling.experiments.checkpointing;

import dev.unrolling.settings.Scale;
import java.util.List;

/**
 * A run whose forget batch is unlearned with checkpoints at several spacings (claim 2.5).
 *
 * @param model name of an architecture
 * @param batchSize at least 1
 * @param others batches in an epoch beside the forget batch, which stands in their middle, at least
 *     1
 * @param epochs m, at least 1
 * @param rate eta, positive
 * @param measureEvery steps between two measurements of sigma, at least 1; the first is at step 0
 * @param seed of the examples and the initial weights
 */
public record CheckpointingSettings(
    String model, int batchSize, int others, int epochs, double rate, int measureEvery, long seed) {

  /** Checks the ranges. */
  public CheckpointingSettings {
    if (batchSize < 1 || others < 1 || epochs < 1 || measureEvery < 1) {
      throw new IllegalArgumentException(
          "batchSize, others, epochs and measureEvery must be at least 1, not "
              + List.of(batchSize, others, epochs, measureEvery));
    }
    if (!(rate > 0)) {
      throw new IllegalArgumentException("rate must be positive, not " + rate);
    }
  }

  /** A small tanh network at a rate small enough for the leading term. */
  public static CheckpointingSettings small(Scale scale) {
    return new CheckpointingSettings(
        "tanh-cnn-4", 16, 7, scale == Scale.SMOKE ? 2 : 4, 0.0005, 4, 0);
  }

  /** The same at 0.01, the rate at which the authors fine-tune in E1. */
  public static CheckpointingSettings large(Scale scale) {
    CheckpointingSettings small = small(scale);
    return new CheckpointingSettings(
        small.model, small.batchSize, small.others, small.epochs, 0.01, 4, small.seed);
  }

  /** A ResNet-8, which has kinks and batch statistics, at the same rate. */
  public static CheckpointingSettings residual() {
    return new CheckpointingSettings("resnet8-4", 16, 7, 2, 0.0005, 4, 0);
  }

  /**
   * A linear model over vectors, at a rate small enough for the leading term.
   *
   * @param features in a vector
   */
  public static CheckpointingSettings head(Scale scale, int features) {
    return new CheckpointingSettings(
        "linear-" + features, 8, 7, scale == Scale.SMOKE ? 2 : 4, 2e-5, 4, 0);
  }

  /** Number of steps t. */
  public int steps() {
    return epochs * (others + 1);
  }

  /** Steps between checkpoints: 1, 2, 4 and so on, the last the whole run. */
  public List<Integer> spacings() {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.iterate(1, k -> k < steps(), k -> 2 * k),
            java.util.stream.Stream.of(steps()))
        .toList();
  }
}
