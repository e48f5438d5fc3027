package dev.unrolling.experiments.finetuning;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Precision;
import dev.unrolling.settings.Ranges;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.util.Optional;

/**
 * One run of {@link FineTuning}: pre-train, then fine-tune M and M' in lock step with the forget
 * batch in each epoch. Experiments E1 to E5 and E7 are grids of such runs; from scratch means no
 * epoch of pre-training.
 *
 * @param model name of an architecture, e.g. {@code "resnet8-8"}
 * @param data name of a data set, e.g. {@code "cifar10"} (see {@link DataSets})
 * @param examples training examples, the forget batch included
 * @param pretrainingEpochs at least 0
 * @param pretrainingBatchSize at least 1
 * @param pretrainingRate learning rate, positive; the greatest of a recipe's
 * @param pretrainingRecipe how pre-training goes
 * @param pretrainingPrecision of the steps of pre-training, in place of the run's own; empty for
 *     that. Weights pre-trained in {@link Precision#BFLOAT16} or {@link Precision#TF32} are shared
 *     by all runs that ask for them, and by those that are in that precision throughout
 * @param epochs of fine-tuning, at least 1: the number m of visits of the forget batch
 * @param batchSize of fine-tuning and of the forget batch
 * @param rate learning rate eta of fine-tuning, positive
 * @param momentum of fine-tuning, in [0, 1), and of plain pre-training
 * @param weightDecay weight of the L2 term in fine-tuning, at least 0, and in plain pre-training
 * @param gamma weight of the standard-deviation penalty in both phases, in the authors'
 *     normalisation
 * @param gammaDivisor what gamma is divided by after every {@code gammaEpochs} epochs of
 *     fine-tuning, at least 1; 1 leaves it as it is
 * @param gammaEpochs at least 1
 * @param forgetBatchInPretraining whether w_0 has seen what is to be forgotten: the authors' choice
 *     is true, ours false
 * @param position of the forget batch in an epoch
 * @param testExamples of the test set, for the accuracy at the end
 * @param measureEvery steps between two measurements; the last step is always measured
 * @param checkpointEvery steps between two checkpoints of the checkpointed error (claim 2.5), a
 *     multiple of {@code measureEvery}; 0 for none
 * @param seed of the subset, the initial weights and the orders
 */
public record FineTuningSettings(
    String model,
    String data,
    int examples,
    int pretrainingEpochs,
    int pretrainingBatchSize,
    double pretrainingRate,
    Recipe pretrainingRecipe,
    Optional<Precision> pretrainingPrecision,
    int epochs,
    int batchSize,
    double rate,
    double momentum,
    double weightDecay,
    double gamma,
    double gammaDivisor,
    int gammaEpochs,
    boolean forgetBatchInPretraining,
    BatchOrder.Position position,
    int testExamples,
    int measureEvery,
    int checkpointEvery,
    long seed) {

  /** How pre-training goes. */
  public enum Recipe {
    /**
     * At a constant rate, with the momentum and weight decay of fine-tuning: the authors' choice.
     */
    PLAIN,
    /**
     * One cycle of the rate, momentum 0.9, weight decay 5e-4, and pictures moved by up to 4 pixels
     * and mirrored: trains a network as one would that is to be used. Nothing is measured in it.
     */
    ONE_CYCLE
  }

  /** Checks the ranges. */
  public FineTuningSettings {
    Ranges.named("model", model);
    Ranges.named("data", data);
    Ranges.atLeast("epochs", epochs, 1);
    Ranges.atLeast("batchSize", batchSize, 1);
    Ranges.atLeast("examples", examples, 2 * batchSize);
    Ranges.atLeast("pretrainingEpochs", pretrainingEpochs, 0);
    Ranges.atLeast("pretrainingBatchSize", pretrainingBatchSize, 1);
    Ranges.atLeast("gammaEpochs", gammaEpochs, 1);
    Ranges.atLeast("testExamples", testExamples, 1);
    Ranges.atLeast("measureEvery", measureEvery, 1);
    Ranges.atLeast("checkpointEvery", checkpointEvery, 0);
    Ranges.positive("rate", rate);
    Ranges.positive("pretrainingRate", pretrainingRate);
    Ranges.within("momentum", momentum, 0, Math.nextDown(1.0), "at least 0 and below 1");
    Ranges.within("weightDecay", weightDecay, 0, Double.MAX_VALUE, "finite and at least 0");
    Ranges.within("gamma", gamma, 0, Double.MAX_VALUE, "finite and at least 0");
    Ranges.within("gammaDivisor", gammaDivisor, 1, Double.MAX_VALUE, "finite and at least 1");
    if (checkpointEvery % measureEvery != 0) {
      throw new IllegalArgumentException(
          "checkpointEvery must be a multiple of measureEvery ("
              + measureEvery
              + "), not "
              + checkpointEvery);
    }
    if (position == null) {
      throw new IllegalArgumentException("position must be first, middle or last, not null");
    }
    if (pretrainingRecipe == null) {
      throw new IllegalArgumentException("pretrainingRecipe must be plain or one_cycle, not null");
    }
  }

  /** The authors' E1 without penalty, at seed 0, but for what has been seen in pre-training. */
  public static FineTuningSettings authors() {
    return new FineTuningSettings(
        "resnet18",
        "cifar10",
        50_000,
        20,
        128,
        0.01,
        Recipe.PLAIN,
        Optional.empty(),
        5,
        32,
        0.01,
        0,
        0,
        0,
        1,
        1,
        false,
        BatchOrder.Position.FIRST,
        10_000,
        200,
        0,
        0);
  }

  /** The base setting of a scale, without penalty, at seed 0. */
  public static FineTuningSettings of(Scale scale) {
    FineTuningSettings authors = authors();
    return switch (scale) {
      case SMOKE ->
          SettingsJson.read(
              authors,
              """
              {"model": "resnet8-half-4", "examples": 160, "pretrainingEpochs": 1, "epochs": 2,
               "pretrainingBatchSize": 32, "pretrainingRate": 0.05, "batchSize": 16,
               "testExamples": 200, "measureEvery": 5}
              """);
      case QUICK ->
          SettingsJson.read(
              authors,
              """
              {"model": "resnet8-half-8", "examples": 640, "pretrainingEpochs": 10,
               "pretrainingBatchSize": 64, "pretrainingRate": 0.05,
               "testExamples": 2000, "measureEvery": 10}
              """);
      case DESK ->
          SettingsJson.read(
              authors,
              """
              {"model": "resnet20", "pretrainingEpochs": 15, "pretrainingRate": 0.2,
               "pretrainingRecipe": "one_cycle", "epochs": 1, "measureEvery": 100}
              """);
      case PAPER -> authors;
    };
  }

  /** The seeds of a scale: three, or two at smoke and at desk. */
  public static long[] seeds(Scale scale) {
    return scale == Scale.SMOKE || scale == Scale.DESK ? new long[] {0, 1} : new long[] {0, 1, 2};
  }

  /** These settings with another learning rate of fine-tuning. */
  public FineTuningSettings withRate(double value) {
    return SettingsJson.with(this, "rate", value);
  }

  /** These settings with another weight of the penalty. */
  public FineTuningSettings withGamma(double value) {
    return SettingsJson.with(this, "gamma", value);
  }

  /** These settings with the forget batch in or out of the pre-training. */
  public FineTuningSettings withForgetBatchInPretraining(boolean value) {
    return SettingsJson.with(this, "forgetBatchInPretraining", value);
  }

  /** These settings measured at other steps. */
  public FineTuningSettings withMeasureEvery(int steps) {
    return SettingsJson.with(this, "measureEvery", steps);
  }

  /** These settings with another seed. */
  public FineTuningSettings withSeed(long value) {
    return SettingsJson.with(this, "seed", value);
  }

  /** Steps t of fine-tuning. */
  public int steps() {
    return epochs * (1 + (examples - 1) / batchSize);
  }

  /** Name and data of the run, e.g. {@code "resnet18 on cifar10"}. */
  public String subject() {
    return model + " on " + data;
  }
}
