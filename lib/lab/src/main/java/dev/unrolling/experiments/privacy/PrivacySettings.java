package dev.unrolling.experiments.privacy;

import dev.unrolling.data.Cifar10;
import dev.unrolling.data.Cifar100;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.privacy.ModifiedEntropy.Convention;
import dev.unrolling.privacy.PrivacyRiskScore.Spacing;
import dev.unrolling.settings.Grid;
import dev.unrolling.settings.Ranges;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.training.Removal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * One run of experiment E6: M is trained on half of the examples and forgets x*, a shadow model on
 * the other half tells members from non-members. As in the authors' scripts the first epochs go
 * without x*, x* comes last in each epoch after them, and there are momentum and weight decay; they
 * train M on all examples, and the shadow model on half of the same.
 *
 * @param model name of an architecture
 * @param data name of a data set, e.g. {@code "cifar10"} (see {@link DataSets})
 * @param examples in each half; in the first one x* is included; at least two batches
 * @param pretrainingEpochs of M without x*, at least 0; w_0 comes after them
 * @param epochs of M with x* after them, at least 1: the number m of visits
 * @param batchSize of all training, and of x*, at least 1
 * @param rate learning rate eta of all training, positive
 * @param momentum mu in [0, 1)
 * @param weightDecay weight of the L2 term, at least 0
 * @param gamma weight of the standard-deviation penalty in all training, in the authors'
 *     normalisation
 * @param retraining what M' does where M visits x*
 * @param testExamples of the test set that are the shadow model's non-members, and as many others
 *     that M is tried on, at least 1
 * @param entropy what the modified entropy is fed with; raw logits go with linear bins
 * @param bins of a histogram, at least 1
 * @param seed of the halves, the initial weights and the orders
 */
public record PrivacySettings(
    String model,
    String data,
    int examples,
    int pretrainingEpochs,
    int epochs,
    int batchSize,
    double rate,
    double momentum,
    double weightDecay,
    double gamma,
    Retraining retraining,
    int testExamples,
    Convention entropy,
    int bins,
    long seed) {

  /** What M' does where M visits x*. */
  public enum Retraining {
    /** A step with zero gradient: momentum and weight decay act as in M. */
    ZERO_GRADIENT(Removal.zeroGradient()),
    /** No step, as in the authors' script (which skips the first batch, though, not x*). */
    SKIPPED_STEP(Removal.skippedStep());

    private final Removal removal;

    Retraining(Removal removal) {
      this.removal = removal;
    }

    Removal removal() {
      return removal;
    }
  }

  /** Checks the ranges. */
  public PrivacySettings {
    Ranges.named("model", model);
    Ranges.named("data", data);
    Ranges.atLeast("pretrainingEpochs", pretrainingEpochs, 0);
    Ranges.atLeast("epochs", epochs, 1);
    Ranges.atLeast("batchSize", batchSize, 1);
    Ranges.atLeast("examples", examples, 2 * batchSize);
    Ranges.atLeast("testExamples", testExamples, 1);
    Ranges.atLeast("bins", bins, 1);
    Ranges.positive("rate", rate);
    Ranges.within("momentum", momentum, 0, Math.nextDown(1.0), "at least 0 and below 1");
    Ranges.within("weightDecay", weightDecay, 0, Double.MAX_VALUE, "finite and at least 0");
    Ranges.within("gamma", gamma, 0, Double.MAX_VALUE, "finite and at least 0");
    if (retraining == null || entropy == null) {
      throw new IllegalArgumentException(
          "retraining and entropy must be given, not " + retraining + " and " + entropy);
    }
  }

  /**
   * The base setting of a scale, without penalty, at seed 0. Rate, momentum and weight decay are
   * the authors' at each scale; at paper scale epochs, batches and bins are too, and the halves are
   * those of 50,000 examples.
   */
  public static PrivacySettings of(Scale scale) {
    return switch (scale) {
      case SMOKE -> authors("resnet8-half-4", 96, 1, 6, 32, 100, 5);
      case QUICK -> authors("resnet8-half-8", 256, 10, 32, 32, 400, 5);
      case DESK -> authors("resnet20", 25_000, 5, 10, 128, 5000, 10);
      case PAPER -> authors("resnet18", 25_000, 5, 60, 128, 5000, 10);
    };
  }

  private static PrivacySettings authors(
      String model, int examples, int pretraining, int epochs, int batch, int tests, int bins) {
    return new PrivacySettings(
        model,
        Cifar10.NAME,
        examples,
        pretraining,
        epochs,
        batch,
        0.01,
        0.9,
        5e-4,
        0,
        Retraining.ZERO_GRADIENT,
        tests,
        Convention.PROBABILITIES,
        bins,
        0);
  }

  /**
   * The runs of a scale over gammas and seeds, on CIFAR-10; at paper scale on CIFAR-100 too, with
   * the authors' gammas for each.
   */
  public static List<PrivacySettings> grid(Scale scale) {
    List<PrivacySettings> grid = new ArrayList<>(grid(scale, of(scale), gammas(scale)));
    if (scale == Scale.PAPER) {
      PrivacySettings hundred = SettingsJson.with(of(scale), "data", Cifar100.NAME);
      grid.addAll(grid(scale, hundred, 0, 50, 100, 150, 200, 250));
    }
    return List.copyOf(grid);
  }

  private static List<PrivacySettings> grid(Scale scale, PrivacySettings base, double... gammas) {
    return Grid.of(
        base,
        """
        {"gamma": %s, "seed": %s}
        """
            .formatted(Arrays.toString(gammas), Arrays.toString(seeds(scale))));
  }

  /**
   * Claim 2.2 with momentum, in its range: a tenth of the rate and four visits, with both forms of
   * M'.
   */
  public static List<PrivacySettings> momentum(Scale scale) {
    PrivacySettings base = SettingsJson.with(of(scale), "epochs", 4, "rate", 0.1 * of(scale).rate);
    return List.of(base, SettingsJson.with(base, "retraining", Retraining.SKIPPED_STEP));
  }

  private static double[] gammas(Scale scale) {
    return scale == Scale.PAPER ? new double[] {0, 1, 5, 10, 15, 20, 25} : new double[] {0, 15};
  }

  /** The seeds of a scale. */
  public static long[] seeds(Scale scale) {
    int count =
        switch (scale) {
          case SMOKE -> 2;
          case QUICK -> 4;
          case DESK -> 3;
          case PAPER -> 5;
        };
    return LongStream.range(0, count).toArray();
  }

  /** Whether the models are measured after so many visits of x*: 1, 2, 4 ... and the last. */
  public boolean isMeasuredAfter(int visits) {
    return visits == epochs || visits > 0 && visits < epochs && Integer.bitCount(visits) == 1;
  }

  /** How the bins are cut for what the modified entropy is fed with. */
  public Spacing spacing() {
    return entropy == Convention.PROBABILITIES ? Spacing.LOGARITHMIC : Spacing.LINEAR;
  }
}
