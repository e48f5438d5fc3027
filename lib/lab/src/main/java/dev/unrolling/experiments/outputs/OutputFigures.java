package dev.unrolling.experiments.outputs;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.settings.Scale;
import dev.unrolling.statistics.Tables;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tech.tablesaw.api.Table;

/** Figures of the tables of {@link OutputExperiment} (claim 2.6). */
public final class OutputFigures {

  private static final List<String> METHODS =
      List.of("single gradient", "amnesiac", "nothing done");

  private OutputFigures() {}

  /** One a model. */
  static Map<String, Figure> all(Scale scale, Table table) {
    Map<String, Figure> figures = new TreeMap<>();
    for (String model : table.stringColumn("model").unique()) {
      String title = "What the answers say, over v: " + model;
      figures.put("c2.6-" + model, metrics(title, Tables.where(table, "model", model)));
    }
    return figures;
  }

  /**
   * Four metrics of the answers against v, a point a setting and method.
   *
   * @param title of the figure
   * @param table of a network without batch norm
   */
  public static Figure metrics(String title, Table table) {
    return Figure.panels(
        title,
        2,
        List.of(
            against(table, "mean logit distance", "mean_logit_distance", true),
            against(table, "mean KL (nats)", "mean_kl", true),
            against(table, "mean |loss gap| (nats)", "mean_absolute_loss_gap", true),
            against(table, "disagreement (share)", "disagreement", false)));
  }

  private static Plot against(Table table, String name, String column, boolean logarithmic) {
    Plot plot = Figure.scatter(name, "verification error v", name).logX();
    plot = logarithmic ? plot.logY() : plot;
    for (String method : METHODS) {
      Table some = Tables.where(table, "method", method);
      // A logarithmic axis has no place for what is 0.
      some = some.where(some.numberColumn("v").isGreaterThan(0));
      some = logarithmic ? some.where(some.numberColumn(column).isGreaterThan(0)) : some;
      plot = plot.series(method, some, "v", column);
    }
    return plot;
  }
}
