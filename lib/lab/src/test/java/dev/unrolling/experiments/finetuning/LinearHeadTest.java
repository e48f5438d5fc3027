package dev.unrolling.experiments.finetuning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unrolling.data.Dataset;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Runner;
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
import dev.unrolling.training.Fixtures;
import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

/** The theory's experiments on vectors, with a linear head: as on pictures, and as able to fail. */
class LinearHeadTest {

  private static final Engine ENGINE =
      Engines.open("torch", "cpu", Precision.FLOAT64).withThreads(1);
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

  @Test
  void unrolledSgdIsExactOrOfThirdOrder() {
    UnrolledSgdExperiment experiment = new UnrolledSgdExperiment(ENGINE, FEATURES);
    Table quadratic = experiment.run(UnrolledSgdSettings.quadraticHead(Scale.SMOKE, WIDTH));
    holds(UnrolledSgdVerdicts.exactOnQuadratic(quadratic));
    fails(
        UnrolledSgdVerdicts.exactOnQuadratic(
            with(quadratic, "relative_remainder", "remainder_without_f")));
    Table smooth = experiment.run(UnrolledSgdSettings.smoothHead(Scale.SMOKE, WIDTH));
    holds(UnrolledSgdVerdicts.orders(smooth));
    fails(UnrolledSgdVerdicts.orders(with(smooth, "remainder_with_f", "remainder_without_f")));
  }

  @Test
  void checkpointingTakesAwayTheOwnPartOnly() {
    Table table =
        new CheckpointingExperiment(ENGINE, FEATURES)
            .run(CheckpointingSettings.head(Scale.SMOKE, WIDTH));
    holds(CheckpointingVerdicts.ends(table));
    holds(CheckpointingVerdicts.othersStay(table));
    fails(CheckpointingVerdicts.othersStay(with(table, "predicted", "own_part")));
  }

  @Test
  void answersFollowTheWeights() {
    List<OutputSettings> some = OutputSettings.heads(Scale.SMOKE, WIDTH).subList(0, 4);
    Table table = new OutputExperiment(ENGINE, FEATURES, FEATURES).run(some);
    holds(OutputVerdicts.bounds(table));
    fails(OutputVerdicts.bounds(with(table, "lipschitz", "lipschitz_mean")));
  }

  @Test
  void marginsEndAtTheClosedForm() {
    List<LinearSeparationSettings> below =
        List.of(new LinearSeparationSettings(4, 4096, 4, 0.5, 0));
    Table table = new LinearSeparationExperiment(ENGINE, FEATURES).run(below);
    holds(LinearSeparationVerdicts.margins(table));
    fails(LinearSeparationVerdicts.margins(with(table, "best_margin", "critical_gamma")));
  }

  @Test
  void unitsAreThoseOfAWeight() {
    Table last =
        FineTuningVerdicts.lastRows(
            new Runner(ENGINE, DataSets.only(FEATURES, FEATURES), text -> {})
                .run(new FineTuning(), FineTuningGrids.headRateSweep(WIDTH)));
    holds(FineTuningVerdicts.units("2.4", last).on("pooled"));
    fails(FineTuningVerdicts.units("2.4", with(last, "e1", "e")));
  }
}
