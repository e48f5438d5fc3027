package dev.unrolling.experiments.finetuning;

import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.Reading;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.plot.Figure;
import dev.unrolling.settings.Scale;
import dev.unrolling.statistics.Tables;
import dev.unrolling.store.RecordTable;
import dev.unrolling.text.OnnxTextEncoder;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import tech.tablesaw.api.Table;

/** E1 to E5 and E7, grids of {@link FineTuning}. */
public final class FineTuningExperiments implements ExperimentProvider {

  private static final List<String> SUMMARY =
      List.of(
          "step",
          "v_single_gradient",
          "forgetting_distance",
          "e",
          "e1",
          "sigma_mean",
          "norm_dw",
          "test_accuracy");

  /** For the service loader. */
  public FineTuningExperiments() {}

  @Override
  public List<Experiment<?>> experiments() {
    return List.of(
        images(
            "E1",
            "v and e over the steps of fine-tuning",
            FineTuningGrids::overSteps,
            FineTuningExperiments::overSteps,
            (scale, table) -> FineTuningVerdicts.all(firstPair(table))),
        images(
            "E2",
            "v, e and accuracy against gamma",
            FineTuningGrids::overGamma,
            FineTuningExperiments::overGamma,
            (scale, table) ->
                GridVerdicts.overGamma(FineTuningVerdicts.lastRows(firstPair(table)))),
        images(
            "E3",
            "from scratch, with and without penalty",
            FineTuningGrids::fromScratch,
            (scale, table) -> Map.of("e3-scratch", GridFigures.fromScratch("From scratch", table)),
            (scale, table) -> GridVerdicts.fromScratch(FineTuningVerdicts.lastRows(table))),
        images(
            "E4",
            "checkpointed e against plain e and v",
            FineTuningGrids::checkpointed,
            (scale, table) ->
                Map.of("e4-checkpoints", GridFigures.checkpointed("Checkpointed error", table)),
            (scale, table) -> GridVerdicts.checkpointed(table)),
        new Experiment<>(
            "E5",
            "film reviews: v, e and accuracy against gamma",
            new FineTuning(),
            scale -> ReviewSettings.of(scale).runs(OnnxTextEncoder.MINI_LM_WIDTH),
            "linear",
            Precision.FLOAT64,
            Reading.of(
                (scale, table) ->
                    Map.of(
                        "e5-gamma",
                        GridFigures.overGamma(
                            "SD loss on film reviews", FineTuningVerdicts.lastRows(table))),
                FineTuningExperiments::summary,
                (scale, table) -> ReviewVerdicts.overGamma(FineTuningVerdicts.lastRows(table)))),
        images(
            "E7",
            "factors: v and e against each hyper-parameter",
            FineTuningGrids::factors,
            FineTuningExperiments::factors,
            (scale, table) ->
                FactorVerdicts.all(
                    FineTuningVerdicts.lastRows(table), FineTuningSettings.of(scale))));
  }

  private static Experiment<FineTuningSettings> images(
      String id,
      String title,
      Function<Scale, List<FineTuningSettings>> runs,
      BiFunction<Scale, Table, Map<String, Figure>> figures,
      BiFunction<Scale, Table, Verdict[]> verdicts) {
    return new Experiment<>(
        id,
        title,
        new FineTuning(),
        runs,
        "torch",
        Precision.FLOAT32,
        Reading.of(figures, FineTuningExperiments::summary, verdicts));
  }

  /**
   * What each run came to: its last measurement, in few columns.
   *
   * @param settings columns that come first, behind model and data
   */
  public static Table summary(Table measurements, List<String> settings) {
    Set<String> columns = new LinkedHashSet<>(List.of("model", "data"));
    columns.addAll(settings);
    columns.addAll(SUMMARY);
    return FineTuningVerdicts.lastRows(measurements).selectColumns(columns.toArray(String[]::new));
  }

  private static Table summary(Table table) {
    List<String> settings =
        RecordTable.of("settings", FineTuningSettings.class, List.of()).columnNames().stream()
            .filter(setting -> table.column(setting).countUnique() > 1)
            .toList();
    return summary(table, settings);
  }

  /** The runs of the first run's model and data set. */
  private static Table firstPair(Table table) {
    Table ofModel = Tables.where(table, "model", table.column("model").getString(0));
    return Tables.where(ofModel, "data", table.column("data").getString(0));
  }

  private static Map<String, Figure> overSteps(Scale scale, Table table) {
    Table plain =
        Tables.where(Tables.where(table, "gamma", 0), "rate", Tables.at(table, "rate", 0));
    Table first = firstPair(table);
    Map<String, Figure> figures = new LinkedHashMap<>();
    figures.put("e1-pairs", GridFigures.pairs("Verification and unlearning error", plain));
    figures.put(
        "e1-settings",
        FineTuningFigures.acrossSettings("Verification against unlearning error", first));
    figures.put(
        "e1-left-over",
        FineTuningFigures.leftOver(
            "What is left of the distance to the retrained model\nbelow 1: unlearning helps; "
                + FineTuningFigures.subject(table),
            first));
    return figures;
  }

  private static Map<String, Figure> overGamma(Scale scale, Table table) {
    Table last = FineTuningVerdicts.lastRows(table);
    Table first = firstPair(last);
    Map<String, Figure> figures = new LinkedHashMap<>();
    figures.put(
        "e2-gamma", GridFigures.overGamma("SD loss, " + FineTuningFigures.subject(table), first));
    figures.put(
        "e2-accuracy", GridFigures.accuracyAgainstError("Accuracy against unlearning error", last));
    return figures;
  }

  private static Map<String, Figure> factors(Scale scale, Table table) {
    var changes =
        FactorVerdicts.changes(
            FineTuningVerdicts.lastRows(table), FineTuningSettings.of(scale), "e");
    return Map.of(
        "e7-factors", GridFigures.factors("What moves v, and does e follow?", changes, "e"));
  }
}
