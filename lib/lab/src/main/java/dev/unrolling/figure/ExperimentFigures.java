package dev.unrolling.figure;

import dev.unrolling.experiment.CostCurves;
import dev.unrolling.experiment.FineTuningSettings;
import dev.unrolling.experiment.FineTuningVerdicts;
import dev.unrolling.experiment.GridVerdicts;
import dev.unrolling.experiment.Scale;
import java.util.LinkedHashMap;
import java.util.Map;
import tech.tablesaw.api.Table;

/** The figures of an experiment's table, by the names of their files. */
public final class ExperimentFigures {

  private ExperimentFigures() {}

  /**
   * Draws an experiment.
   *
   * @param id e.g. {@code "E1"}
   * @param scale of the runs
   * @param table of its finished runs
   */
  public static Map<String, Figure> of(String id, Scale scale, Table table) {
    Map<String, Figure> figures = new LinkedHashMap<>();
    String note = "\n" + scale + " scale";
    FineTuningSettings base = FineTuningSettings.of(scale);
    switch (id) {
      case "E1" -> {
        Table plain =
            table.where(
                table
                    .numberColumn("gamma")
                    .isEqualTo(0)
                    .and(table.numberColumn("rate").isEqualTo(base.rate())));
        figures.put(
            "e1-pairs", GridFigures.pairs("Verification and unlearning error" + note, plain));
        figures.put(
            "e1-settings",
            FineTuningFigures.acrossSettings(
                "Verification against unlearning error" + note, table));
      }
      case "E2" -> {
        Table last = FineTuningVerdicts.lastRows(table);
        Table first =
            last.where(
                last.stringColumn("model")
                    .isEqualTo(base.model())
                    .and(last.stringColumn("data").isEqualTo(base.data())));
        figures.put("e2-gamma", GridFigures.overGamma("SD loss, " + base.subject() + note, first));
        figures.put(
            "e2-accuracy",
            GridFigures.accuracyAgainstError("Accuracy against unlearning error" + note, last));
      }
      case "E3" -> figures.put("e3-scratch", GridFigures.fromScratch("From scratch" + note, table));
      case "E4" ->
          figures.put(
              "e4-checkpoints", GridFigures.checkpointed("Checkpointed error" + note, table));
      case "E5" ->
          figures.put(
              "e5-gamma",
              GridFigures.overGamma(
                  "SD loss on film reviews" + note, FineTuningVerdicts.lastRows(table)));
      case "E6" -> {
        Table first = table.where(table.stringColumn("data").isEqualTo(base.data()));
        figures.put(
            "e6-visits",
            PrivacyFigures.overVisits("Privacy risk of x* over its visits" + note, first));
        figures.put("e6-v", PrivacyFigures.againstV("Privacy risk of x* against v" + note, first));
      }
      case "E7" ->
          figures.put(
              "e7-factors",
              GridFigures.factors(
                  "What moves v, and does e follow?" + note,
                  GridVerdicts.changes(FineTuningVerdicts.lastRows(table), base, "e"),
                  "e"));
      case "E8" -> {
        Table curves = CostCurves.of(table);
        figures.put("e8-served", CostFigures.served("SISA's served requests" + note, table));
        figures.put("e8-amortised", CostFigures.amortised("What a request costs" + note, curves));
        figures.put("e8-accuracy", CostFigures.accuracy("Accuracy and price" + note, curves));
      }
      default -> throw new IllegalArgumentException("no figure of " + id + " has been drawn yet");
    }
    return figures;
  }
}
