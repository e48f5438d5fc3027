package dev.unrolling.experiment;

import dev.unrolling.engine.Precision;
import dev.unrolling.text.OnnxTextEncoder;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The experiments there are. */
public final class Experiments {

  private static final List<Experiment<?>> ALL =
      List.of(
          fineTuning("E1", "v and e over the steps of fine-tuning", FineTuningGrids::overSteps),
          fineTuning("E2", "v, e and accuracy against gamma", FineTuningGrids::overGamma),
          fineTuning("E3", "from scratch, with and without penalty", FineTuningGrids::fromScratch),
          fineTuning("E4", "checkpointed e against plain e and v", FineTuningGrids::checkpointed),
          new Experiment<>(
              "E5",
              "film reviews: v, e and accuracy against gamma",
              new FineTuning(),
              scale -> ReviewSettings.of(scale).runs(OnnxTextEncoder.MINI_LM_WIDTH),
              "dl4j",
              Precision.FLOAT64),
          new Experiment<>(
              "E6",
              "privacy risk of x* against v",
              new Privacy(),
              PrivacySettings::grid,
              "torch",
              Precision.FLOAT32),
          fineTuning(
              "E7", "factors: v and e against each hyper-parameter", FineTuningGrids::factors),
          new Experiment<>(
              "E8",
              "what forgetting costs, against SISA and retraining",
              new ForgettingCost(),
              CostSettings::seeds,
              "torch",
              Precision.FLOAT32));

  private Experiments() {}

  /** All of them, in order. */
  public static List<Experiment<?>> all() {
    return ALL;
  }

  /**
   * The experiment of an id.
   *
   * @param id in lower or upper case
   * @throws IllegalArgumentException naming the experiments there are
   */
  public static Experiment<?> of(String id) {
    return ALL.stream()
        .filter(experiment -> experiment.id().equalsIgnoreCase(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no experiment is called \""
                        + id
                        + "\"; there is "
                        + ALL.stream().map(Experiment::id).collect(Collectors.joining(", "))));
  }

  private static Experiment<FineTuningSettings> fineTuning(
      String id, String title, Function<Scale, List<FineTuningSettings>> runs) {
    return new Experiment<>(id, title, new FineTuning(), runs, "torch", Precision.FLOAT32);
  }
}
