package dev.unrolling.experiment;

import dev.unrolling.privacy.ModifiedEntropy.Convention;
import dev.unrolling.privacy.PrivacyRiskScore.Spacing;
import dev.unrolling.training.Omission;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * One run of experiment E6: M is trained on half of the examples and forgets x*, a shadow model on
 * the other half tells members from non-members. As in the authors' scripts the first epochs go
 * without x*, x* comes last in each epoch after them, and there are momentum and weight decay.
 *
 * @param model name of an architecture
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
    ZERO_GRADIENT(Omission.zeroGradient()),
    /** No step, as in the authors' script (which skips the first batch, though, not x*). */
    SKIPPED_STEP(Omission.skippedStep());

    private final Omission omission;

    Retraining(Omission omission) {
      this.omission = omission;
    }

    Omission omission() {
      return omission;
    }
  }

  /** Checks the ranges. */
  public PrivacySettings {
    atLeast("pretrainingEpochs", pretrainingEpochs, 0);
    atLeast("epochs", epochs, 1);
    atLeast("batchSize", batchSize, 1);
    atLeast("examples", examples, 2 * batchSize);
    atLeast("testExamples", testExamples, 1);
    atLeast("bins", bins, 1);
    if (!(rate > 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException("rate must be finite and positive, not " + rate);
    }
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum must be in [0, 1), not " + momentum);
    }
    notNegative("weightDecay", weightDecay);
    notNegative("gamma", gamma);
  }

  private static void atLeast(String name, int value, int minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(name + " must be at least " + minimum + ", not " + value);
    }
  }

  private static void notNegative(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be finite and at least 0, not " + value);
    }
  }

  /**
   * The base setting of a scale, without penalty, at seed 0. Rate, momentum and weight decay are
   * the authors' at each scale, all numbers at paper scale, where the halves are those of 50,000
   * examples.
   */
  public static PrivacySettings of(Scale scale) {
    return switch (scale) {
      case SMOKE -> authors("resnet8-4", 96, 1, 6, 32, 100, 5);
      case QUICK -> authors("resnet8-8", 256, 10, 32, 32, 400, 5);
      case SUBSET -> authors("resnet18", 1000, 5, 32, 128, 2000, 10);
      case PAPER -> authors("resnet18", 25_000, 5, 60, 128, 5000, 10);
    };
  }

  private static PrivacySettings authors(
      String model, int examples, int pretraining, int epochs, int batch, int tests, int bins) {
    return new PrivacySettings(
        model,
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
   * The runs of a scale over gammas and seeds.
   *
   * @param classes of the data set: 100 takes the authors' gammas for CIFAR-100
   */
  public static List<PrivacySettings> grid(Scale scale, int classes) {
    List<PrivacySettings> grid = new ArrayList<>();
    for (double gamma : gammas(scale, classes)) {
      for (long seed : seeds(scale)) {
        grid.add(of(scale).withGamma(gamma).withSeed(seed));
      }
    }
    return List.copyOf(grid);
  }

  /**
   * Section 2.2 with momentum, in its range: a tenth of the rate and four visits, with both forms
   * of M'.
   */
  public static List<PrivacySettings> momentum(Scale scale) {
    PrivacySettings base = of(scale).withVisits(4).withRate(0.1 * of(scale).rate);
    return List.of(base, base.withRetraining(Retraining.SKIPPED_STEP));
  }

  /** The weights of the penalty: the authors' from subset scale on, else two of them. */
  public static double[] gammas(Scale scale, int classes) {
    boolean hundred = classes >= 100;
    if (scale.isSmall()) {
      return hundred ? new double[] {0, 150} : new double[] {0, 15};
    }
    return hundred
        ? DoubleStream.iterate(0, g -> g <= 250, g -> g + 50).toArray()
        : new double[] {0, 1, 5, 10, 15, 20, 25};
  }

  /** The seeds of a scale. */
  public static long[] seeds(Scale scale) {
    return LongStream.range(0, scale == Scale.SMOKE ? 2 : scale == Scale.QUICK ? 4 : 5).toArray();
  }

  /** Whether the models are measured after so many visits of x*: 1, 2, 4 ... and the last. */
  public boolean isMeasuredAfter(int visits) {
    return visits == epochs || visits > 0 && visits < epochs && Integer.bitCount(visits) == 1;
  }

  /** How the bins are cut for what the modified entropy is fed with. */
  public Spacing spacing() {
    return entropy == Convention.PROBABILITIES ? Spacing.LOGARITHMIC : Spacing.LINEAR;
  }

  /** These settings with another number of visits of x*. */
  public PrivacySettings withVisits(int value) {
    return copy(value, rate, gamma, retraining, entropy, seed);
  }

  /** These settings with another learning rate. */
  public PrivacySettings withRate(double value) {
    return copy(epochs, value, gamma, retraining, entropy, seed);
  }

  /** These settings with another weight of the penalty. */
  public PrivacySettings withGamma(double value) {
    return copy(epochs, rate, value, retraining, entropy, seed);
  }

  /** These settings with another M'. */
  public PrivacySettings withRetraining(Retraining value) {
    return copy(epochs, rate, gamma, value, entropy, seed);
  }

  /** These settings with something else fed to the modified entropy. */
  public PrivacySettings withEntropy(Convention value) {
    return copy(epochs, rate, gamma, retraining, value, seed);
  }

  /** These settings with another seed. */
  public PrivacySettings withSeed(long value) {
    return copy(epochs, rate, gamma, retraining, entropy, value);
  }

  private PrivacySettings copy(
      int newEpochs,
      double newRate,
      double newGamma,
      Retraining newRetraining,
      Convention newEntropy,
      long newSeed) {
    return new PrivacySettings(
        model,
        examples,
        pretrainingEpochs,
        newEpochs,
        batchSize,
        newRate,
        momentum,
        weightDecay,
        newGamma,
        newRetraining,
        testExamples,
        newEntropy,
        bins,
        newSeed);
  }
}
