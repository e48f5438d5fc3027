package dev.unrolling.experiments.sparsity;

import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.Reading;
import dev.unrolling.experiments.finetuning.FineTuningExperiments;
import dev.unrolling.experiments.finetuning.FineTuningFigures;
import dev.unrolling.experiments.finetuning.FineTuningVerdicts;
import java.util.List;
import java.util.Map;

/** C2.12. */
public final class SparsityExperiments implements ExperimentProvider {

  /** For the service loader. */
  public SparsityExperiments() {}

  @Override
  public List<Experiment<?>> experiments() {
    return List.of(
        new Experiment<>(
            "C2.12",
            "v, e and accuracy against the share of weights that is pruned",
            new PrunedFineTuning(),
            PrunedFineTuning::runs,
            "torch",
            Precision.FLOAT32,
            Reading.of(
                (scale, table) ->
                    Map.of(
                        "c2.12-sparsity",
                        SparsityFigures.overSparsity(
                            "Pruned networks, " + FineTuningFigures.subject(table),
                            FineTuningVerdicts.lastRows(table))),
                table -> FineTuningExperiments.summary(table, List.of("sparsity", "seed")),
                (scale, table) -> SparsityVerdicts.all(FineTuningVerdicts.lastRows(table)))));
  }
}
