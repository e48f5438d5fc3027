package dev.unrolling.experiments.benchmark;

import dev.unrolling.data.Cifar10;
import dev.unrolling.data.Cifar100;
import dev.unrolling.data.Mnist;
import dev.unrolling.engine.Objective;
import dev.unrolling.settings.Grid;
import dev.unrolling.settings.Ranges;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.training.schedule.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run of experiment E9: a network is trained by SGD without momentum, as the paper's formulas
 * have it, and each method forgets the same set.
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
 * @param rate of training, positive; the greatest of a recipe's
 * @param recipe how networks are trained
 * @param shadowModels that the likelihood-ratio attack learns from, even, at least 0; each is
 *     trained on half of the examples, and two by two they have seen each example once
 * @param seed of the examples, the initial weights and all that methods draw
 * @param only the one method that is measured, by its name; empty for all that the library has
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
    Recipe recipe,
    int shadowModels,
    long seed,
    Optional<String> only) {

  /** Of the examples, that a random forget set has unless said otherwise. */
  static final double SHARE = 0.1;

  private static final double RECIPE_WEIGHT_DECAY = 5e-4;

  /** How networks are trained. */
  public enum Recipe {
    /** At a constant rate, without augmentation or weight decay. */
    PLAIN,
    /**
     * One cycle of the rate, weight decay 5e-4, and pictures moved by up to 4 pixels and mirrored.
     * What is measured, and what methods are given, are the pictures as they are.
     */
    ONE_CYCLE
  }

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
    if (protocol == null || recipe == null) {
      throw new IllegalArgumentException(
          "protocol and recipe must be given, not " + protocol + " and " + recipe);
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
    Ranges.atLeast("shadowModels", shadowModels, 0);
    only.ifPresent(name -> Ranges.named("only", name));
    if (shadowModels % 2 != 0) {
      throw new IllegalArgumentException(
          "shadowModels come in pairs, each half of the examples in one of them, so that their"
              + " number is even, not "
              + shadowModels);
    }
  }

  /** What training goes down. */
  Objective objective() {
    return recipe == Recipe.PLAIN
        ? Objective.crossEntropy()
        : Objective.crossEntropy().withWeightDecay(RECIPE_WEIGHT_DECAY);
  }

  /** What is forgotten is learned again at the run's rate, a tenth of a cycle's greatest. */
  double relearningRate() {
    return recipe == Recipe.PLAIN ? rate : 0.1 * rate;
  }

  /** The rates of training. */
  Schedule schedule() {
    return recipe == Recipe.PLAIN ? Schedule.constant(rate) : Schedule.oneCycle(rate);
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

  private static final String OBJECTS =
      """
      {"protocol": "class", "examples": 45000, "validationExamples": 5000, "testExamples": 10000,
       "epochs": 8, "rate": 0.05}
      """;

  /** Desk's network for random forget sets: ResNet-20 by the recipe, over 85% of CIFAR-10. */
  private static BenchmarkSettings trained() {
    return SettingsJson.read(
        of(Scale.DESK),
        """
        {"model": "resnet20", "data": "cifar10", "protocol": "random", "examples": 45000,
         "validationExamples": 5000, "testExamples": 10000, "epochs": 12, "batchSize": 128,
         "rate": 0.5, "recipe": "one_cycle"}
        """);
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
        SHARE,
        examples,
        validation,
        tests,
        epochs,
        unlearning,
        batch,
        rate,
        Recipe.PLAIN,
        2,
        0,
        Optional.empty());
  }

  /**
   * The runs of a scale. Smoke: a share and a class of CIFAR-10; quick: two digits and a tenth of
   * CIFAR-10; desk: all ten digits of MNIST, as many examples of each as of any other, a class of
   * CIFAR-10 and of CIFAR-100, and over three seeds a tenth of CIFAR-10, and half of it, with a
   * network that is really trained; paper: a tenth, half and 128 points of CIFAR-10 over three
   * seeds.
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
      case DESK -> {
        runs.addAll(Grid.of(base, "{\"forgetSet\": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}"));
        runs.addAll(Grid.of(trained(), "{\"share\": [0.1, 0.5], \"seed\": [0, 1, 2]}"));
        runs.addAll(
            Grid.of(
                SettingsJson.read(base, OBJECTS),
                "{\"data\": [\"%s\", \"%s\"]}".formatted(Cifar10.NAME, Cifar100.NAME)));
      }
      case PAPER -> {
        runs.addAll(Grid.of(base, "{\"share\": [0.1, 0.5], \"seed\": [0, 1, 2]}"));
        runs.addAll(
            Grid.of(SettingsJson.with(base, "protocol", Protocol.POINTS), "{\"seed\": [0, 1, 2]}"));
      }
    }
    return List.copyOf(runs);
  }

  /** The same run of one method. */
  BenchmarkSettings only(String method) {
    return SettingsJson.with(this, "only", method);
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
