package dev.unrolling.experiments.finetuning;

import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.plot.Figure;
import dev.unrolling.settings.Scale;
import dev.unrolling.statistics.Tables;
import dev.unrolling.text.OnnxTextEncoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import tech.tablesaw.api.Table;

/** E1 to E5 and E7, grids of {@link FineTuning}. */
public final class FineTuningExperiments implements ExperimentProvider {

  /** For the service loader. */
  public FineTuningExperiments() {}

  @Override
  public List<Experiment<?>> experiments() {
    return List.of(
        images(
            "E1",
            "v and e over the steps of fine-tuning",
            FineTuningGrids::overSteps,
            FineTuningExperiments::overSteps),
        images(
            "E2",
            "v, e and accuracy against gamma",
            FineTuningGrids::overGamma,
            FineTuningExperiments::overGamma),
        images(
            "E3",
            "from scratch, with and without penalty",
            FineTuningGrids::fromScratch,
            (scale, table) -> Map.of("e3-scratch", GridFigures.fromScratch("From scratch", table))),
        images(
            "E4",
            "checkpointed e against plain e and v",
            FineTuningGrids::checkpointed,
            (scale, table) ->
                Map.of("e4-checkpoints", GridFigures.checkpointed("Checkpointed error", table))),
        new Experiment<>(
            "E5",
            "film reviews: v, e and accuracy against gamma",
            new FineTuning(),
            scale -> ReviewSettings.of(scale).runs(OnnxTextEncoder.MINI_LM_WIDTH),
            "linear",
            Precision.FLOAT64,
            (scale, table) ->
                Map.of(
                    "e5-gamma",
                    GridFigures.overGamma(
                        "SD loss on film reviews", FineTuningVerdicts.lastRows(table)))),
        images(
            "E7",
            "factors: v and e against each hyper-parameter",
            FineTuningGrids::factors,
            FineTuningExperiments::factors));
  }

  private static Experiment<FineTuningSettings> images(
      String id,
      String title,
      Function<Scale, List<FineTuningSettings>> runs,
      BiFunction<Scale, Table, Map<String, Figure>> figures) {
    return new Experiment<>(id, title, new FineTuning(), runs, "torch", Precision.FLOAT32, figures);
  }

  private static Map<String, Figure> overSteps(Scale scale, Table table) {
    FineTuningSettings base = FineTuningSettings.of(scale);
    Table plain = Tables.where(Tables.where(table, "gamma", 0), "rate", base.rate());
    Map<String, Figure> figures = new LinkedHashMap<>();
    figures.put("e1-pairs", GridFigures.pairs("Verification and unlearning error", plain));
    figures.put(
        "e1-settings",
        FineTuningFigures.acrossSettings("Verification against unlearning error", table));
    figures.put(
        "e1-left-over",
        FineTuningFigures.leftOver(
            "What is left of the distance to the retrained model\nbelow 1: unlearning helps; "
                + base.subject(),
            table));
    return figures;
  }

  private static Map<String, Figure> overGamma(Scale scale, Table table) {
    FineTuningSettings base = FineTuningSettings.of(scale);
    Table last = FineTuningVerdicts.lastRows(table);
    Table first = Tables.where(Tables.where(last, "model", base.model()), "data", base.data());
    Map<String, Figure> figures = new LinkedHashMap<>();
    figures.put("e2-gamma", GridFigures.overGamma("SD loss, " + base.subject(), first));
    figures.put(
        "e2-accuracy", GridFigures.accuracyAgainstError("Accuracy against unlearning error", last));
    return figures;
  }

  private static Map<String, Figure> factors(Scale scale, Table table) {
    var changes =
        GridVerdicts.changes(FineTuningVerdicts.lastRows(table), FineTuningSettings.of(scale), "e");
    return Map.of(
        "e7-factors", GridFigures.factors("What moves v, and does e follow?", changes, "e"));
  }
}
