package dev.unrolling.experiments.checkpointing;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.settings.Scale;
import dev.unrolling.statistics.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import tech.tablesaw.api.Table;

/** Figures of the tables of {@link CheckpointingExperiment} (claim 2.5). */
public final class CheckpointingFigures {

  private static final String SPACING = "steps between checkpoints";
  private static final String NORM = "norm (weights)";

  private CheckpointingFigures() {}

  /** Three, with a panel a run each. */
  static Map<String, Figure> all(Scale scale, Table table) {
    return Map.of(
        "c2.5-method",
        panels("Checkpointed unlearning", table, CheckpointingFigures::method),
        "c2.5-errors",
        panels("Checkpointed error", table, CheckpointingFigures::errors),
        "c2.5-memory",
        panels("What memory buys", table, CheckpointingFigures::memory));
  }

  private static Figure panels(String title, Table table, BiFunction<String, Table, Plot> figure) {
    List<Plot> panels = new ArrayList<>();
    for (Table run : table.splitOn("run").asTableList()) {
      String model = run.stringColumn("model").get(0);
      panels.add(figure.apply(model + ", rate " + Tables.at(run, "rate", 0), run));
    }
    return Figure.panels(title, 2, panels);
  }

  /**
   * v and its leading term over the spacing, beside the two methods at the ends and the part that
   * no checkpoint takes away.
   *
   * @param title of the figure
   * @param table a row a spacing
   */
  public static Plot method(String title, Table table) {
    Table sorted = table.sortOn("spacing");
    return Figure.lines(title, SPACING, NORM)
        .logX()
        .logY()
        .series("v, checkpointed", sorted, "spacing", "v")
        .series("leading term", sorted, "spacing", "predicted")
        .horizontalLine("its part from the others", Tables.at(sorted, "others_part", 0))
        .horizontalLine("forgetting distance", Tables.at(sorted, "forgetting_distance", 0));
  }

  /**
   * v and both forms of the checkpointed error over the spacing; an error of 0 is left out.
   *
   * @param title of the figure
   * @param table a row a spacing
   */
  public static Plot errors(String title, Table table) {
    Table sorted = table.sortOn("spacing");
    Table positive = sorted.where(sorted.doubleColumn("e1").isGreaterThan(0));
    return Figure.lines(title, SPACING, NORM)
        .logX()
        .logY()
        .series("v, checkpointed", sorted, "spacing", "v")
        .series("e, as published", positive, "spacing", "e")
        .series("e1, one eta", positive, "spacing", "e1");
  }

  /**
   * v over the memory of the stored gradients.
   *
   * @param title of the figure
   * @param table a row a spacing
   */
  public static Plot memory(String title, Table table) {
    double[] kilobytes =
        Arrays.stream(Tables.values(table, "bytes")).map(bytes -> bytes / 1024).toArray();
    return Figure.scatter(title, "stored gradients (KiB)", "verification error v")
        .series("a spacing each", kilobytes, Tables.values(table, "v"));
  }
}
