package dev.unrolling.experiments.singlegradient;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.experiment.FilmReviews;
import dev.unrolling.settings.Grid;
import dev.unrolling.settings.Ranges;
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
 * @param data name of a data set
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
    String data,
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
    Ranges.named("model", model);
    Ranges.named("data", data);
    Ranges.atLeast("batchSize", batchSize, 2);
    Ranges.atLeast("others", others, 1);
    Ranges.atLeast("epochs", epochs, 1);
    Ranges.within("momentum", momentum, 0, Math.nextDown(1.0), "at least 0 and below 1");
    Ranges.positive("rate", rate);
    Ranges.within("pureShare", pureShare, 0, 1, "from 0 to 1");
    Ranges.atLeast("forgetSeed", forgetSeed, 0);
    Ranges.atLeast("sigmaProducts", sigmaProducts, 0);
  }

  /** One epoch of five batches of 16 on a small tanh network, the forget batch in the middle. */
  public static SingleGradientSettings base() {
    return new SingleGradientSettings(
        "tanh-cnn-4",
        "cifar10",
        Forgotten.BATCH,
        BatchOrder.Position.MIDDLE,
        16,
        4,
        1,
        0,
        0.002,
        0,
        0,
        0,
        0);
  }

  /**
   * The same with batches of 8 on a linear model over reviews, whose many features of unit variance
   * want a smaller rate.
   */
  public static SingleGradientSettings head(Scale scale) {
    String data = FilmReviews.data(scale);
    return SettingsJson.with(
        base(), "model", FilmReviews.HEAD, "data", data, "batchSize", 8, "rate", 1e-4);
  }

  /** All of a scale, each once: on pictures, on reviews, and networks of practice. */
  public static List<SingleGradientSettings> all(Scale scale) {
    List<SingleGradientSettings> all = new ArrayList<>();
    for (SingleGradientSettings base : List.of(base(), head(scale))) {
      all.addAll(batches(scale, base));
      all.addAll(points(scale, base));
      all.addAll(momentum(scale, base));
      all.addAll(forgetBatches(scale, base));
    }
    all.addAll(networks(scale));
    return all.stream().distinct().toList();
  }

  /**
   * 2.2 by batch: each position of the forget batch, in one epoch and in more, over rates.
   *
   * @param base what all have in common; its rate is the largest
   */
  public static List<SingleGradientSettings> batches(Scale scale, SingleGradientSettings base) {
    return overRates(
        scale,
        base,
        base.rate,
        """
        {"epochs": [1, %s], "position": ["first", "middle", "last"], "rate": %%s}
        """
            .formatted(scale == Scale.SMOKE ? 2 : 3));
  }

  /**
   * 2.2 by point: with both divisors of the rest, over rates.
   *
   * @param base what all have in common; its rate is the largest
   */
  public static List<SingleGradientSettings> points(Scale scale, SingleGradientSettings base) {
    return overRates(
        scale,
        base,
        base.rate,
        """
        {"epochs": [2], "forgotten": ["point_full_batch", "point_remaining"], "rate": %s}
        """);
  }

  /**
   * 2.2 with momentum 0.9: M' takes a step with zero gradient, or none, over rates from a tenth of
   * the given one.
   *
   * @param base what all have in common
   */
  public static List<SingleGradientSettings> momentum(Scale scale, SingleGradientSettings base) {
    return overRates(
        scale,
        base,
        base.rate / 10,
        """
        {"epochs": [2], "momentum": [0.9], "forgotten": ["batch_zero_gradient", "batch"],
         "rate": %s}
        """);
  }

  /**
   * 2.2 on networks with kinks, with batch statistics and with both: a batch, and a point with the
   * divisor b, over rates from a quarter of the usual one, as batch norm bends the loss more.
   */
  public static List<SingleGradientSettings> networks(Scale scale) {
    return overRates(
        scale,
        base(),
        base().rate / 4,
        """
        {"epochs": [2], "model": ["tanh-cnn-4", "relu-cnn-4", "tanh-bn-cnn-4", "resnet8-4"],
         "forgotten": ["batch", "point_full_batch"], "rate": %s}
        """);
  }

  /**
   * 2.4b: forget batches from an even mix of classes to one class alone, at half the given rate.
   *
   * @param base what all have in common
   */
  public static List<SingleGradientSettings> forgetBatches(
      Scale scale, SingleGradientSettings base) {
    SingleGradientSettings mixed =
        SettingsJson.with(base, "epochs", 2, "rate", base.rate / 2, "sigmaProducts", 40);
    return IntStream.range(0, scale == Scale.SMOKE ? 8 : 16)
        .mapToObj(i -> SettingsJson.with(mixed, "pureShare", i % 4 / 3.0, "forgetSeed", i))
        .toList();
  }

  /** Each setting of a grid in JSON, its {@code %s} the largest rate and its halves. */
  private static List<SingleGradientSettings> overRates(
      Scale scale, SingleGradientSettings base, double largest, String grid) {
    List<Double> rates =
        Stream.iterate(largest, rate -> rate / 2).limit(scale == Scale.SMOKE ? 4 : 5).toList();
    return Grid.of(base, grid.formatted(rates));
  }
}
