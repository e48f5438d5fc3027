package dev.unrolling.experiments.checkpointing;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import java.util.Arrays;
import tech.tablesaw.api.Table;

/** Figures of the tables of {@code CheckpointingExperiment} (claim 2.5). */
public final class CheckpointingFigures {

  private static final String SPACING = "steps between checkpoints";
  private static final String NORM = "norm (weights)";

  private CheckpointingFigures() {}

  /**
   * v and its leading term over the spacing, beside the two methods at the ends and the part that
   * no checkpoint takes away.
   *
   * @param title of the figure
   * @param table a row a spacing
   */
  public static Plot method(String title, Table table) {
    Table sorted = table.sortOn("spacing");
    double[] spacings = values(sorted, "spacing");
    return Figure.lines(title, SPACING, NORM)
        .logX()
        .logY()
        .series("v, checkpointed", spacings, values(sorted, "v"))
        .series("leading term", spacings, values(sorted, "predicted"))
        .horizontalLine("its part from the others", values(sorted, "others_part")[0])
        .horizontalLine("forgetting distance", values(sorted, "forgetting_distance")[0]);
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
    double[] spacings = values(positive, "spacing");
    return Figure.lines(title, SPACING, NORM)
        .logX()
        .logY()
        .series("v, checkpointed", values(sorted, "spacing"), values(sorted, "v"))
        .series("e, as published", spacings, values(positive, "e"))
        .series("e1, one eta", spacings, values(positive, "e1"));
  }

  /**
   * v over the memory of the stored gradients.
   *
   * @param title of the figure
   * @param table a row a spacing
   */
  public static Plot memory(String title, Table table) {
    double[] kilobytes = Arrays.stream(values(table, "bytes")).map(bytes -> bytes / 1024).toArray();
    return Figure.scatter(title, "stored gradients (KiB)", "verification error v")
        .series("a spacing each", kilobytes, values(table, "v"));
  }

  private static double[] values(Table table, String column) {
    return table.numberColumn(column).asDoubleArray();
  }
}
