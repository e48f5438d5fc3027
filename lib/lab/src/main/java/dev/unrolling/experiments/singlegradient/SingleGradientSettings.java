package dev.unrolling.experiments.singlegradient;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.training.Removal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One run whose forget batch, or a point of it, is unlearned by a single gradient (claims 2.2 and
 * 2.4b).
 *
 * @param model name of an architecture
 * @param forgotten what is forgotten, and how M' leaves it out
 * @param position of the forget batch in each epoch
 * @param batchSize b, at least 2
 * @param others batches in an epoch beside the forget batch, at least 1
 * @param epochs m, at least 1
 * @param momentum mu in [0, 1)
 * @param rate eta, positive
 * @param pureShare share of the forget batch that is of one class, 0 to 1
 * @param forgetSeed of the forget batch; its remainder by the number of classes is that class
 * @param sigmaProducts most Hessian-vector products spent on sigma at the last step; 0 for none
 * @param seed of the other examples and the initial weights
 */
public record SingleGradientSettings(
    String model,
    Forgotten forgotten,
    BatchOrder.Position position,
    int batchSize,
    int others,
    int epochs,
    double momentum,
    double rate,
    double pureShare,
    int forgetSeed,
    int sigmaProducts,
    long seed) {

  /** What is forgotten, and how M' leaves it out. */
  public enum Forgotten {
    /** The batch; M' takes no step. */
    BATCH,
    /** The batch; M' takes a step with zero gradient. */
    BATCH_ZERO_GRADIENT,
    /** One point; the rest of its batch is still divided by b. */
    POINT_FULL_BATCH,
    /** One point; the rest of its batch is divided by b - 1. */
    POINT_REMAINING;

    /** How M' leaves it out: the first point, if it is one. */
    Removal removal(Batch batch) {
      return switch (this) {
        case BATCH -> Removal.skippedStep();
        case BATCH_ZERO_GRADIENT -> Removal.zeroGradient();
        case POINT_FULL_BATCH -> Removal.point(batch.indices()[0], Removal.Divisor.FULL_BATCH);
        case POINT_REMAINING -> Removal.point(batch.indices()[0], Removal.Divisor.REMAINING);
      };
    }
  }

  /** Checks the ranges. */
  public SingleGradientSettings {
    if (batchSize < 2 || others < 1 || epochs < 1 || sigmaProducts < 0) {
      throw new IllegalArgumentException(
          "batchSize must be at least 2, others and epochs at least 1, sigmaProducts at least 0,"
              + " not "
              + List.of(batchSize, others, epochs, sigmaProducts));
    }
    if (!(rate > 0) || !(momentum >= 0 && momentum < 1) || !(pureShare >= 0 && pureShare <= 1)) {
      throw new IllegalArgumentException(
          "rate must be positive, momentum in [0, 1) and pureShare in [0, 1], not "
              + List.of(rate, momentum, pureShare));
    }
  }

  /** One epoch of five batches of 16 on a small tanh network, the forget batch in the middle. */
  public static SingleGradientSettings base() {
    return new SingleGradientSettings(
        "tanh-cnn-4", Forgotten.BATCH, BatchOrder.Position.MIDDLE, 16, 4, 1, 0, 0.002, 0, 0, 0, 0);
  }

  /**
   * The same with batches of 8 on a linear model over vectors, whose many features of unit variance
   * want a smaller rate.
   *
   * @param features in a vector
   */
  public static SingleGradientSettings head(int features) {
    return SettingsJson.with(base(), "model", "linear-" + features, "batchSize", 8, "rate", 1e-4);
  }

  /**
   * 2.2 by batch: each position of the forget batch, in one epoch and in more, over rates.
   *
   * @param base what all have in common; its rate is the largest
   */
  public static List<SingleGradientSettings> batches(Scale scale, SingleGradientSettings base) {
    List<SingleGradientSettings> all = new ArrayList<>();
    for (int epochs : new int[] {1, scale == Scale.SMOKE ? 2 : 3}) {
      for (BatchOrder.Position position : BatchOrder.Position.values()) {
        all.addAll(overRates(scale, base.withEpochs(epochs).withPosition(position)));
      }
    }
    return all;
  }

  /**
   * 2.2 by point: with both divisors of the rest, over rates.
   *
   * @param base what all have in common; its rate is the largest
   */
  public static List<SingleGradientSettings> points(Scale scale, SingleGradientSettings base) {
    return Stream.of(Forgotten.POINT_FULL_BATCH, Forgotten.POINT_REMAINING)
        .flatMap(what -> overRates(scale, base.withEpochs(2).withForgotten(what)).stream())
        .toList();
  }

  /**
   * 2.2 with momentum 0.9: M' takes a step with zero gradient, or none, over rates from a tenth of
   * the given one.
   *
   * @param base what all have in common
   */
  public static List<SingleGradientSettings> momentum(Scale scale, SingleGradientSettings base) {
    return Stream.of(Forgotten.BATCH_ZERO_GRADIENT, Forgotten.BATCH)
        .flatMap(
            what ->
                overRates(
                    scale,
                    base.withEpochs(2)
                        .withForgotten(what)
                        .withMomentum(0.9)
                        .withRate(base.rate / 10))
                    .stream())
        .toList();
  }

  /**
   * 2.2 on networks with kinks, with batch statistics and with both: a batch, and a point with the
   * divisor b, over rates from a quarter of the usual one, as batch norm bends the loss more.
   */
  public static List<SingleGradientSettings> networks(Scale scale) {
    return Stream.of("tanh-cnn-4", "relu-cnn-4", "tanh-bn-cnn-4", "resnet8-4")
        .flatMap(
            model ->
                Stream.of(Forgotten.BATCH, Forgotten.POINT_FULL_BATCH)
                    .map(
                        base().withModel(model).withEpochs(2).withRate(base().rate / 4)
                            ::withForgotten))
        .flatMap(settings -> overRates(scale, settings).stream())
        .toList();
  }

  /**
   * 2.4b: forget batches from an even mix of classes to one class alone, at half the given rate.
   *
   * @param base what all have in common
   */
  public static List<SingleGradientSettings> forgetBatches(
      Scale scale, SingleGradientSettings base) {
    int count = scale == Scale.SMOKE ? 8 : 16;
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                base.withEpochs(2)
                    .withRate(base.rate / 2)
                    .withForgetBatch(i % 4 / 3.0, i)
                    .withSigmaProducts(40))
        .toList();
  }

  private static List<SingleGradientSettings> overRates(
      Scale scale, SingleGradientSettings settings) {
    return Stream.iterate(settings, s -> s.withRate(s.rate / 2))
        .limit(scale == Scale.SMOKE ? 4 : 5)
        .toList();
  }

  /** These settings with another architecture. */
  public SingleGradientSettings withModel(String value) {
    return SettingsJson.with(this, "model", value);
  }

  /** These settings with something else forgotten. */
  public SingleGradientSettings withForgotten(Forgotten value) {
    return SettingsJson.with(this, "forgotten", value);
  }

  /** These settings with another position. */
  public SingleGradientSettings withPosition(BatchOrder.Position value) {
    return SettingsJson.with(this, "position", value);
  }

  /** These settings with another number of epochs. */
  public SingleGradientSettings withEpochs(int value) {
    return SettingsJson.with(this, "epochs", value);
  }

  /** These settings with another momentum. */
  public SingleGradientSettings withMomentum(double value) {
    return SettingsJson.with(this, "momentum", value);
  }

  /** These settings with another rate. */
  public SingleGradientSettings withRate(double value) {
    return SettingsJson.with(this, "rate", value);
  }

  /** These settings with another forget batch. */
  public SingleGradientSettings withForgetBatch(double share, int seedOfBatch) {
    return SettingsJson.with(this, "pureShare", share, "forgetSeed", seedOfBatch);
  }

  /** These settings with another number of products spent on sigma. */
  public SingleGradientSettings withSigmaProducts(int value) {
    return SettingsJson.with(this, "sigmaProducts", value);
  }
}
