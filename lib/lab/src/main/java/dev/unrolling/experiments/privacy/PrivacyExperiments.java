package dev.unrolling.experiments.privacy;

import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
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
            PrivacyExperiments::figures));
  }

  private static Map<String, Figure> figures(Scale scale, Table table) {
    String data = PrivacySettings.grid(scale).get(0).data();
    Table first = Tables.where(table, "data", data);
    Map<String, Figure> figures = new LinkedHashMap<>();
    figures.put(
        "e6-visits", PrivacyFigures.overVisits("Privacy risk of x* over its visits", first));
    figures.put("e6-v", PrivacyFigures.againstV("Privacy risk of x* against v", first));
    return figures;
  }
}
