package dev.unrolling.experiment;

import dev.unrolling.data.BatchOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * One run of experiment E1 (paper.md has the authors' values): pre-train, then fine-tune M and M'
 * in lock step with the forget batch in each epoch.
 *
 * @param model name of an architecture, e.g. {@code "resnet8-8"}
 * @param examples training examples, the forget batch included
 * @param pretrainingEpochs at least 0
 * @param pretrainingBatchSize at least 1
 * @param pretrainingRate learning rate, positive
 * @param epochs of fine-tuning, at least 1: the number m of visits of the forget batch
 * @param batchSize of fine-tuning and of the forget batch
 * @param rate learning rate eta of fine-tuning, positive
 * @param gamma weight of the standard-deviation penalty in both phases, in the authors'
 *     normalisation
 * @param forgetBatchInPretraining whether w_0 has seen what is to be forgotten: the authors' choice
 *     is true, ours false
 * @param position of the forget batch in an epoch
 * @param testExamples of the test set, for the accuracy at the end
 * @param measureEvery steps between two measurements; the last step is always measured
 * @param seed of the subset, the initial weights and the orders
 */
public record FineTuningSettings(
    String model,
    int examples,
    int pretrainingEpochs,
    int pretrainingBatchSize,
    double pretrainingRate,
    int epochs,
    int batchSize,
    double rate,
    double gamma,
    boolean forgetBatchInPretraining,
    BatchOrder.Position position,
    int testExamples,
    int measureEvery,
    long seed) {

  /** Checks the ranges. */
  public FineTuningSettings {
    atLeast("epochs", epochs, 1);
    atLeast("batchSize", batchSize, 1);
    atLeast("examples", examples, 2 * batchSize);
    atLeast("pretrainingEpochs", pretrainingEpochs, 0);
    atLeast("pretrainingBatchSize", pretrainingBatchSize, 1);
    atLeast("testExamples", testExamples, 1);
    atLeast("measureEvery", measureEvery, 1);
    positive("rate", rate);
    positive("pretrainingRate", pretrainingRate);
    if (!(gamma >= 0) || Double.isInfinite(gamma)) {
      throw new IllegalArgumentException("gamma must be finite and at least 0, not " + gamma);
    }
  }

  /** The base setting of a scale, without penalty, at seed 0. */
  public static FineTuningSettings of(Scale scale) {
    return switch (scale) {
      case SMOKE ->
          new FineTuningSettings(
              "resnet8-4",
              160,
              1,
              32,
              0.05,
              2,
              16,
              0.01,
              0,
              false,
              BatchOrder.Position.FIRST,
              200,
              5,
              0);
      case QUICK ->
          new FineTuningSettings(
              "resnet8-8",
              640,
              10,
              64,
              0.05,
              5,
              32,
              0.01,
              0,
              false,
              BatchOrder.Position.FIRST,
              2000,
              10,
              0);
      case SUBSET ->
          new FineTuningSettings(
              "resnet18",
              5000,
              10,
              128,
              0.01,
              5,
              32,
              0.01,
              0,
              false,
              BatchOrder.Position.FIRST,
              10000,
              100,
              0);
      case PAPER ->
          new FineTuningSettings(
              "resnet18",
              50000,
              20,
              128,
              0.01,
              5,
              32,
              0.01,
              0,
              false,
              BatchOrder.Position.FIRST,
              10000,
              200,
              0);
    };
  }

  /**
   * The settings whose correlation E1's verdict rests on: three rates, two gammas and the seeds of
   * the scale, all of the same number of steps.
   */
  public static List<FineTuningSettings> grid(Scale scale) {
    FineTuningSettings base = of(scale);
    List<FineTuningSettings> grid = new ArrayList<>();
    for (double rate : new double[] {base.rate, 0.3 * base.rate, 0.1 * base.rate}) {
      for (double gamma : new double[] {0, 5}) {
        for (long seed : seeds(scale)) {
          grid.add(base.withRate(rate).withGamma(gamma).withSeed(seed));
        }
      }
    }
    return List.copyOf(grid);
  }

  /**
   * A sweep of the learning rate over a factor of 16 (section 2.4): a smooth network from its
   * initial weights, for a fixed number of steps.
   *
   * @param stepsPerEpoch of two epochs: 5 keeps the expansion in its range (rate times sigma times
   *     t up to about 5), 30 leaves it
   */
  public static List<FineTuningSettings> rateSweep(int stepsPerEpoch) {
    FineTuningSettings smooth =
        new FineTuningSettings(
            "tanh-cnn-8",
            32 * stepsPerEpoch,
            0,
            32,
            0.1,
            2,
            32,
            0.2,
            0,
            false,
            BatchOrder.Position.FIRST,
            200,
            Math.max(2, stepsPerEpoch / 5),
            0);
    return DoubleStream.of(0.2, 0.1, 0.05, 0.025, 0.0125).mapToObj(smooth::withRate).toList();
  }

  /**
   * The same sweep of a linear model over vectors in batches of 8, for 10 steps.
   *
   * @param features in a vector
   */
  public static List<FineTuningSettings> headRateSweep(int features) {
    FineTuningSettings head =
        new FineTuningSettings(
            "linear-" + features,
            40,
            0,
            8,
            0.016,
            2,
            8,
            0.016,
            0,
            false,
            BatchOrder.Position.FIRST,
            100,
            2,
            0);
    return DoubleStream.of(0.016, 0.008, 0.004, 0.002, 0.001).mapToObj(head::withRate).toList();
  }

  /** The seeds of a scale: three, or two at smoke. */
  public static long[] seeds(Scale scale) {
    return scale == Scale.SMOKE ? new long[] {0, 1} : new long[] {0, 1, 2};
  }

  /** These settings with another learning rate of fine-tuning. */
  public FineTuningSettings withRate(double value) {
    return copy(value, gamma, forgetBatchInPretraining, measureEvery, seed);
  }

  /** These settings with another weight of the penalty. */
  public FineTuningSettings withGamma(double value) {
    return copy(rate, value, forgetBatchInPretraining, measureEvery, seed);
  }

  /** These settings with the forget batch in or out of the pre-training. */
  public FineTuningSettings withForgetBatchInPretraining(boolean value) {
    return copy(rate, gamma, value, measureEvery, seed);
  }

  /** These settings measured at other steps. */
  public FineTuningSettings withMeasureEvery(int steps) {
    return copy(rate, gamma, forgetBatchInPretraining, steps, seed);
  }

  /** These settings with another seed. */
  public FineTuningSettings withSeed(long value) {
    return copy(rate, gamma, forgetBatchInPretraining, measureEvery, value);
  }

  /** Steps t of fine-tuning. */
  public int steps() {
    return epochs * (1 + (examples - 1) / batchSize);
  }

  private FineTuningSettings copy(
      double newRate, double newGamma, boolean inPretraining, int every, long newSeed) {
    return new FineTuningSettings(
        model,
        examples,
        pretrainingEpochs,
        pretrainingBatchSize,
        pretrainingRate,
        epochs,
        batchSize,
        newRate,
        newGamma,
        inPretraining,
        position,
        testExamples,
        every,
        newSeed);
  }

  private static void atLeast(String name, int value, int minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(name + " must be at least " + minimum + ", not " + value);
    }
  }

  private static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be finite and positive, not " + value);
    }
  }
}
