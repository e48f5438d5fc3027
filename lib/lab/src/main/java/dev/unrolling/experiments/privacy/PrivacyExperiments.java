package dev.unrolling.experiments.privacy;

import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.Reading;
import dev.unrolling.plot.Figure;
import dev.unrolling.settings.Scale;
import dev.unrolling.statistics.Tables;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.Table;

/** E6. */
public final class PrivacyExperiments implements ExperimentProvider {

  /** For the service loader. */
  public PrivacyExperiments() {}

  @Override
  public List<Experiment<?>> experiments() {
    return List.of(
        new Experiment<>(
            "E6",
            "privacy risk of x* against v",
            new Privacy(),
            PrivacySettings::grid,
            "torch",
            Precision.FLOAT32,
            Reading.of(
                PrivacyExperiments::figures,
                PrivacyExperiments::summary,
                (scale, table) -> PrivacyVerdicts.all(first(table)))));
  }

  private static Map<String, Figure> figures(Scale scale, Table table) {
    Table first = first(table);
    Map<String, Figure> figures = new LinkedHashMap<>();
    figures.put(
        "e6-visits", PrivacyFigures.overVisits("Privacy risk of x* over its visits", first));
    figures.put("e6-v", PrivacyFigures.againstV("Privacy risk of x* against v", first));
    return figures;
  }

  private static Table summary(Table table) {
    return PrivacyVerdicts.lastRows(table)
        .selectColumns(
            "model",
            "data",
            "gamma",
            "seed",
            "visits",
            "method",
            "v",
            "risk",
            "risk_change",
            "test_accuracy",
            "attack_auc",
            "shadow_member_accuracy",
            "shadow_non_member_accuracy");
  }

  private static Table first(Table table) {
    return Tables.where(table, "data", table.column("data").getString(0));
  }
}
