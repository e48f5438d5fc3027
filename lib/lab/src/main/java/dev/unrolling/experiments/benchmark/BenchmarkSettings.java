package dev.unrolling.experiments.benchmark;

import dev.unrolling.data.Cifar10;
import dev.unrolling.data.Mnist;
import dev.unrolling.settings.Grid;
import dev.unrolling.settings.Ranges;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of experiment E9: a network is trained by plain SGD, without augmentation or decay, as
 * the paper's formulas have it, and each method forgets the same set.
 *
 * @param model name of an architecture; without batch norm where whole classes are forgotten, whose
 *     batches are then of one class
 * @param data name of a data set (see {@link dev.unrolling.dataset.DataSets})
 * @param protocol what is forgotten
 * @param forgetSet which one: the class, or the number of the draw, from 0; methods are tuned on
 *     the next one
 * @param share of the examples that {@link Protocol#RANDOM} forgets, above 0 and below 1
 * @param examples that the network is trained on, before some that fill no batch are left out
 * @param validationExamples others of the training set, which take the test set's place in tuning
 * @param testExamples of the test set, and as many of what stays, that are measured
 * @param epochs of training, at least 1; batches are the same in each
 * @param unlearningEpochs of each method that has epochs, at least 1; its authors' is mostly 10
 * @param batchSize of training and unlearning, at least 2
 * @param rate of training, positive
 * @param seed of the examples, the initial weights and all that methods draw
 */
public record BenchmarkSettings(
    String model,
    String data,
    Protocol protocol,
    int forgetSet,
    double share,
    int examples,
    int validationExamples,
    int testExamples,
    int epochs,
    int unlearningEpochs,
    int batchSize,
    double rate,
    long seed) {

  /** What is forgotten. */
  public enum Protocol {
    /** All training examples of a class. */
    CLASS,
    /** A share of the training examples, drawn. */
    RANDOM,
    /** 128 training examples, drawn; a tenth where there are fewer than 1,280. */
    POINTS
  }

  /** Checks the ranges. */
  public BenchmarkSettings {
    Ranges.named("model", model);
    Ranges.named("data", data);
    if (protocol == null) {
      throw new IllegalArgumentException("the protocol must be given, not null");
    }
    Ranges.atLeast("forgetSet", forgetSet, 0);
    Ranges.within("share", share, Double.MIN_VALUE, Math.nextDown(1.0), "above 0 and below 1");
    Ranges.atLeast("validationExamples", validationExamples, 1);
    Ranges.atLeast("testExamples", testExamples, 1);
    Ranges.atLeast("epochs", epochs, 1);
    Ranges.atLeast("unlearningEpochs", unlearningEpochs, 1);
    Ranges.atLeast("batchSize", batchSize, 2);
    Ranges.atLeast("examples", examples, 4 * batchSize);
    Ranges.positive("rate", rate);
  }

  /** The base setting of a scale, at seed 0. */
  public static BenchmarkSettings of(Scale scale) {
    return switch (scale) {
      case SMOKE -> preset("relu-cnn-4", Cifar10.NAME, 160, 60, 60, 2, 1, 16, 0.1);
      case QUICK -> preset("relu-cnn-8", Mnist.NAME, 2000, 500, 1000, 12, 1, 16, 0.1);
      case DESK -> preset("relu-cnn-16", Mnist.NAME, 48_000, 6000, 8900, 5, 1, 32, 0.1);
      case PAPER -> preset("resnet18", Cifar10.NAME, 45_000, 5000, 10_000, 100, 10, 256, 0.1);
    };
  }

  private static BenchmarkSettings preset(
      String model,
      String data,
      int examples,
      int validation,
      int tests,
      int epochs,
      int unlearning,
      int batch,
      double rate) {
    return new BenchmarkSettings(
        model,
        data,
        data.equals(Mnist.NAME) ? Protocol.CLASS : Protocol.RANDOM,
        0,
        0.1,
        examples,
        validation,
        tests,
        epochs,
        unlearning,
        batch,
        rate,
        0);
  }

  /**
   * The runs of a scale. Smoke: a share and a class of CIFAR-10; quick: two digits and a tenth of
   * CIFAR-10; desk: all ten digits of MNIST, as many examples of each as of any other; paper: a
   * tenth, half and 128 points of CIFAR-10 over three seeds.
   */
  public static List<BenchmarkSettings> grid(Scale scale) {
    BenchmarkSettings base = of(scale);
    List<BenchmarkSettings> runs = new ArrayList<>();
    switch (scale) {
      case SMOKE -> {
        runs.add(base);
        runs.add(SettingsJson.with(base, "protocol", Protocol.CLASS));
      }
      case QUICK -> {
        runs.addAll(Grid.of(base, "{\"forgetSet\": [0, 1]}"));
        runs.add(
            SettingsJson.with(
                base, "data", Cifar10.NAME, "protocol", Protocol.RANDOM, "model", "relu-cnn-16"));
      }
      case DESK -> runs.addAll(Grid.of(base, "{\"forgetSet\": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}"));
      case PAPER -> {
        runs.addAll(Grid.of(base, "{\"share\": [0.1, 0.5], \"seed\": [0, 1, 2]}"));
        runs.addAll(
            Grid.of(SettingsJson.with(base, "protocol", Protocol.POINTS), "{\"seed\": [0, 1, 2]}"));
      }
    }
    return List.copyOf(runs);
  }

  /**
   * These settings with the forget set that methods are tuned on.
   *
   * @param classes of the data set
   */
  BenchmarkSettings tuning(int classes) {
    int next = protocol == Protocol.CLASS ? (forgetSet + 1) % classes : forgetSet + 1;
    return SettingsJson.with(this, "forgetSet", next);
  }
}
