package dev.unrolling.experiments.finetuning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unrolling.data.Dataset;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.TheoryRuns;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.experiments.checkpointing.CheckpointingExperiment;
import dev.unrolling.experiments.checkpointing.CheckpointingSettings;
import dev.unrolling.experiments.checkpointing.CheckpointingVerdicts;
import dev.unrolling.experiments.outputs.OutputExperiment;
import dev.unrolling.experiments.outputs.OutputSettings;
import dev.unrolling.experiments.outputs.OutputVerdicts;
import dev.unrolling.experiments.separation.LinearSeparationExperiment;
import dev.unrolling.experiments.separation.LinearSeparationSettings;
import dev.unrolling.experiments.separation.LinearSeparationVerdicts;
import dev.unrolling.experiments.unrolled.UnrolledSgdExperiment;
import dev.unrolling.experiments.unrolled.UnrolledSgdSettings;
import dev.unrolling.experiments.unrolled.UnrolledSgdVerdicts;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.training.Fixtures;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

/** The theory's experiments on vectors, with a linear head: as on pictures, and as able to fail. */
class LinearHeadTest {

  private static final Dataset FEATURES = twoClasses(Fixtures.features());
  private static final int WIDTH = FEATURES.exampleSize();

  /** The same vectors, their ten classes made two. */
  private static Dataset twoClasses(Dataset features) {
    double[][] rows = new double[features.size()][features.exampleSize()];
    int[] labels = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      features.writeExample(i, rows[i], 0);
      labels[i] = features.label(i) % 2;
    }
    return Fixtures.tiny(rows, labels);
  }

  private static void holds(Verdict verdict) {
    assertEquals(Outcome.HOLDS, verdict.outcome(), verdict.toString());
  }

  private static void fails(Verdict verdict) {
    assertEquals(Outcome.FAILS, verdict.outcome(), verdict.toString());
  }

  private static Table with(Table table, String column, String values) {
    return table.copy().replaceColumn(column, table.doubleColumn(values).copy().setName(column));
  }

  /** Settings for the features of reviews, with as many as these vectors have. */
  private static <S extends Record> Table run(Computation<S, ?> computation, List<S> settings) {
    return TheoryRuns.on(
        FEATURES,
        computation,
        settings.stream().map(one -> SettingsJson.with(one, "model", "linear-" + WIDTH)).toList());
  }

  @Test
  void unrolledSgdIsExactOrOfThirdOrder() {
    UnrolledSgdExperiment experiment = new UnrolledSgdExperiment();
    Table quadratic = run(experiment, UnrolledSgdSettings.quadraticHead(Scale.SMOKE));
    holds(UnrolledSgdVerdicts.exactOnQuadratic(quadratic));
    fails(
        UnrolledSgdVerdicts.exactOnQuadratic(
            with(quadratic, "relative_remainder", "remainder_without_f")));
    Table smooth = run(experiment, UnrolledSgdSettings.smoothHead(Scale.SMOKE));
    holds(UnrolledSgdVerdicts.orders(smooth));
    fails(UnrolledSgdVerdicts.orders(with(smooth, "remainder_with_f", "remainder_without_f")));
  }

  @Test
  void checkpointingTakesAwayTheOwnPartOnly() {
    Table table =
        run(new CheckpointingExperiment(), List.of(CheckpointingSettings.head(Scale.SMOKE)));
    holds(CheckpointingVerdicts.ends(table));
    holds(CheckpointingVerdicts.othersStay(table));
    fails(CheckpointingVerdicts.othersStay(with(table, "predicted", "own_part")));
  }

  @Test
  void answersFollowTheWeights() {
    Table table = run(new OutputExperiment(), OutputSettings.heads(Scale.SMOKE).subList(0, 4));
    holds(OutputVerdicts.bounds(table));
    fails(OutputVerdicts.bounds(with(table, "lipschitz", "lipschitz_mean")));
  }

  @Test
  void marginsEndAtTheClosedForm() {
    List<LinearSeparationSettings> below =
        List.of(new LinearSeparationSettings("pooled", 4, 4096, 4, 0.5, 0));
    Table table = TheoryRuns.on(FEATURES, new LinearSeparationExperiment(), below);
    holds(LinearSeparationVerdicts.margins(table));
    fails(LinearSeparationVerdicts.margins(with(table, "best_margin", "critical_gamma")));
  }

  @Test
  void unitsAreThoseOfAWeight() {
    Table last =
        FineTuningVerdicts.lastRows(
            TheoryRuns.on(FEATURES, new FineTuning(), FineTuningGrids.headRateSweep(WIDTH)));
    holds(FineTuningVerdicts.units("2.4", last).on("pooled"));
    fails(FineTuningVerdicts.units("2.4", with(last, "e1", "e")));
  }
}
