package dev.unrolling.experiments.cost;

import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.plot.Figure;
import dev.unrolling.settings.Scale;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.Table;

/** E8. */
public final class CostExperiments implements ExperimentProvider {

  /** For the service loader. */
  public CostExperiments() {}

  @Override
  public List<Experiment<?>> experiments() {
    return List.of(
        new Experiment<>(
            "E8",
            "what forgetting costs, against SISA and retraining",
            new ForgettingCost(),
            CostSettings::seeds,
            "torch",
            Precision.FLOAT32,
            CostExperiments::figures));
  }

  private static Map<String, Figure> figures(Scale scale, Table table) {
    Table curves = CostCurves.of(table);
    Map<String, Figure> figures = new LinkedHashMap<>();
    figures.put("e8-served", CostFigures.served("SISA's served requests", table));
    figures.put("e8-amortised", CostFigures.amortised("What a request costs", curves));
    figures.put("e8-accuracy", CostFigures.accuracy("Accuracy and price", curves));
    return figures;
  }
}
