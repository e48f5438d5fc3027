package dev.unrolling.experiments.finetuning;

import dev.unrolling.settings.Grid;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/** The runs of {@link FineTuning} that make up E1, E2, E3, E4 and E7. */
public final class FineTuningGrids {

  private static final double[] AUTHORS_GAMMAS = {
    0, .1, 1, 5, 10, 15, 20, 25, 50, 100, 150, 200, 250
  };
  private static final double[] DESK_GAMMAS = {0, .1, 1, 5, 10, 15, 20, 25, 50};
  private static final double[] SHORT_GAMMAS = {0, 5, 20, 50};

  private FineTuningGrids() {}

  /**
   * The pairs of a model and a data set, four but at desk, which leaves VGG out; the first is the
   * one that has several seeds.
   */
  public static List<FineTuningSettings> pairs(Scale scale) {
    FineTuningSettings base = FineTuningSettings.of(scale);
    List<String> models =
        switch (scale) {
          case SMOKE -> List.of(base.model(), "vgg8-2");
          case QUICK -> List.of(base.model(), "vgg8-8");
          case DESK -> List.of(base.model());
          case PAPER -> List.of(base.model(), "vgg19");
        };
    return Grid.of(
        base,
        """
        {"data": ["cifar10", "cifar100"], "model": ["%s"]}
        """
            .formatted(String.join("\", \"", models)));
  }

  /** E1: the grid of {@link #grid} on the first pair, and one run on each of the others. */
  public static List<FineTuningSettings> overSteps(Scale scale) {
    Set<FineTuningSettings> runs = new LinkedHashSet<>(grid(scale));
    runs.addAll(pairs(scale));
    return List.copyOf(runs);
  }

  /** E2: the weights of the penalty; the first pair with all seeds, the others with one. */
  public static List<FineTuningSettings> overGamma(Scale scale) {
    double[] gammas =
        switch (scale) {
          case SMOKE, QUICK -> SHORT_GAMMAS;
          case DESK -> DESK_GAMMAS;
          case PAPER -> AUTHORS_GAMMAS;
        };
    double[] ofPairs = scale == Scale.DESK ? new double[] {0, 5} : gammas;
    Set<FineTuningSettings> runs =
        new LinkedHashSet<>(
            Grid.of(
                FineTuningSettings.of(scale),
                "{\"gamma\": %s, \"seed\": %s}"
                    .formatted(Arrays.toString(gammas), Arrays.toString(seeds(scale)))));
    pairs(scale)
        .forEach(
            pair -> runs.addAll(Grid.of(pair, "{\"gamma\": " + Arrays.toString(ofPairs) + "}")));
    return List.copyOf(runs);
  }

  /**
   * E3: from the initial weights, at a rate of 0.1 and batches of 128 as the authors' (small
   * scales: 0.05 and 64); gamma 0, gamma 5, and gamma 5 divided by 2 on the way, every fifth of the
   * epochs.
   */
  public static List<FineTuningSettings> fromScratch(Scale scale) {
    FineTuningSettings base =
        SettingsJson.with(FineTuningSettings.of(scale), "pretrainingEpochs", 0);
    FineTuningSettings scratch =
        switch (scale) {
          case SMOKE -> SettingsJson.with(base, "epochs", 5, "rate", 0.05, "measureEvery", 10);
          case QUICK ->
              SettingsJson.with(
                  base, "epochs", 20, "batchSize", 64, "rate", 0.05, "measureEvery", 20);
          case DESK ->
              SettingsJson.with(
                  base, "epochs", 10, "batchSize", 128, "rate", 0.1, "measureEvery", 195);
          case PAPER ->
              SettingsJson.with(
                  base, "epochs", 50, "batchSize", 128, "rate", 0.1, "measureEvery", 400);
        };
    List<FineTuningSettings> runs = new ArrayList<>();
    for (long seed : seeds(scale)) {
      FineTuningSettings seeded = scratch.withSeed(seed);
      runs.add(seeded);
      runs.add(seeded.withGamma(5));
      runs.add(
          SettingsJson.with(
              seeded, "gamma", 5, "gammaDivisor", 2, "gammaEpochs", scratch.epochs() / 5));
    }
    return List.copyOf(runs);
  }

  /**
   * E4: one epoch of fine-tuning at the rate 0.1 with a checkpoint every 10 steps, gamma 0 and 1.
   * The authors' script has momentum 0.9 and weight decay 5e-4, for which e was not derived; here
   * SGD is plain.
   */
  public static List<FineTuningSettings> checkpointed(Scale scale) {
    FineTuningSettings base = FineTuningSettings.of(scale);
    int every = scale == Scale.SMOKE ? 2 : 10;
    FineTuningSettings one =
        SettingsJson.read(
            base,
            """
            {"pretrainingEpochs": %s, "epochs": 1, "rate": 0.1, "examples": %s,
             "measureEvery": %s, "checkpointEvery": %s}
            """
                .formatted(
                    scale == Scale.PAPER ? 50 : base.pretrainingEpochs(),
                    scale == Scale.QUICK ? 1280 : base.examples(),
                    every,
                    every));
    return Grid.of(one, "{\"seed\": " + Arrays.toString(seeds(scale)) + ", \"gamma\": [0, 1]}");
  }

  /** The values of each factor of E7, beside the base setting's: one below paper scale. */
  public static Map<String, List<Object>> factorValues(Scale scale) {
    FineTuningSettings base = FineTuningSettings.of(scale);
    Map<String, List<Object>> all = new TreeMap<>();
    all.put("rate", List.of(0.3 * base.rate(), 0.1 * base.rate()));
    all.put("batchSize", List.of(base.batchSize() / 2, base.batchSize() * 2));
    all.put("epochs", List.of(base.epochs() * 2, 1));
    all.put("pretrainingEpochs", List.of(0, base.pretrainingEpochs() * 2));
    all.put("momentum", List.of(0.9, 0.5));
    all.put("weightDecay", List.of(5e-3, 5e-4));
    all.replaceAll((factor, values) -> scale == Scale.PAPER ? values : values.subList(0, 1));
    return all;
  }

  /** E7: the base setting, and for each factor the same with other values of that one alone. */
  public static List<FineTuningSettings> factors(Scale scale) {
    Set<FineTuningSettings> runs = new LinkedHashSet<>();
    for (long seed : seeds(scale)) {
      FineTuningSettings base = FineTuningSettings.of(scale).withSeed(seed);
      runs.add(base);
      factorValues(scale).entrySet().stream()
          .forEach(
              factor ->
                  factor
                      .getValue()
                      .forEach(value -> runs.add(SettingsJson.with(base, factor.getKey(), value))));
    }
    return List.copyOf(runs);
  }

  /**
   * The settings whose correlation E1's verdict rests on: three rates, two gammas and the seeds of
   * the scale, all of the same number of steps.
   */
  public static List<FineTuningSettings> grid(Scale scale) {
    FineTuningSettings base = FineTuningSettings.of(scale);
    return Grid.of(
        base,
        """
        {"rate": [%s, %s, %s], "gamma": [0, 5], "seed": %s}
        """
            .formatted(
                base.rate(),
                0.3 * base.rate(),
                0.1 * base.rate(),
                Arrays.toString(FineTuningSettings.seeds(scale))));
  }

  /**
   * A sweep of the learning rate over a factor of 16 (claim 2.4): a smooth network from its initial
   * weights, for a fixed number of steps.
   *
   * @param stepsPerEpoch of two epochs: 5 keeps the expansion in its range (rate times sigma times
   *     t up to about 5), 30 leaves it
   */
  public static List<FineTuningSettings> rateSweep(int stepsPerEpoch) {
    FineTuningSettings smooth =
        SettingsJson.read(
            FineTuningSettings.authors(),
            """
            {"model": "tanh-cnn-8", "examples": %s, "pretrainingEpochs": 0, "epochs": 2,
             "rate": 0.2, "testExamples": 200, "measureEvery": %s}
            """
                .formatted(32 * stepsPerEpoch, Math.max(2, stepsPerEpoch / 5)));
    return DoubleStream.of(0.2, 0.1, 0.05, 0.025, 0.0125).mapToObj(smooth::withRate).toList();
  }

  /**
   * The same sweep of a linear model over the features of reviews, in batches of 8, for 10 steps.
   *
   * @param features in a vector
   */
  public static List<FineTuningSettings> headRateSweep(int features) {
    FineTuningSettings head =
        SettingsJson.read(
            FineTuningSettings.authors(),
            """
            {"model": "linear-%s", "data": "imdb-100", "examples": 40, "pretrainingEpochs": 0,
             "epochs": 2, "batchSize": 8, "rate": 0.016, "testExamples": 100, "measureEvery": 2}
            """
                .formatted(features));
    return DoubleStream.of(0.016, 0.008, 0.004, 0.002, 0.001).mapToObj(head::withRate).toList();
  }

  private static long[] seeds(Scale scale) {
    return scale == Scale.DESK
        ? Arrays.copyOf(FineTuningSettings.seeds(scale), 1)
        : FineTuningSettings.seeds(scale);
  }
}
