package dev.unrolling.experiments.singlegradient;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

/** Figures of the tables of {@code SingleGradientExperiment} (claims 2.2 and 2.4b). */
public final class SingleGradientFigures {

  private static final String RATE = "learning rate eta";
  private static final String NORM = "norm (weights)";

  private SingleGradientFigures() {}

  /**
   * What is left over the learning rate in one number of epochs, by the position of the forget
   * batch: a panel each, with lines of slope 1, 2 and 3.
   *
   * @param title of the figure
   * @param table of {@code SingleGradientSettings.batches}
   */
  public static Figure batches(String title, Table table) {
    double epochs = table.numberColumn("epochs").max();
    Table some = table.where(table.numberColumn("epochs").isEqualTo(epochs));
    return Figure.panels(
        title,
        3,
        Stream.of("first", "middle", "last")
            .map(
                position ->
                    orders(
                        "x* " + position + " in the epoch",
                        some.where(some.stringColumn("position").isEqualTo(position))))
            .toList());
  }

  private static Plot orders(String title, Table table) {
    Table sorted = table.sortOn("rate");
    double[] rates = sorted.doubleColumn("rate").asDoubleArray();
    return Figure.lines(title, RATE, NORM)
        .logX()
        .logY()
        .series("forgetting distance", rates, values(sorted, "forgetting_distance"))
        .series("v", rates, values(sorted, "v"))
        .series("v without its leading term", rates, values(sorted, "remainder"))
        .slope("slope 1", 1, rates, values(sorted, "forgetting_distance")[0])
        .slope("slope 2", 2, rates, values(sorted, "v")[0])
        .slope("slope 3", 3, rates, values(sorted, "remainder")[0]);
  }

  /**
   * v of forgetting a point, with both divisors of the rest of its batch.
   *
   * @param title of the figure
   * @param table of {@code SingleGradientSettings.points}
   */
  public static Plot points(String title, Table table) {
    Plot plot = Figure.lines(title, RATE, NORM).logX().logY();
    plot = line(plot, "divisor b − 1", table, "point_remaining", "v");
    plot = line(plot, "divisor b", table, "point_full_batch", "v");
    plot = line(plot, "divisor b, without leading term", table, "point_full_batch", "remainder");
    plot = slope(plot, 1, table, "point_remaining", "v");
    plot = slope(plot, 2, table, "point_full_batch", "v");
    return slope(plot, 3, table, "point_full_batch", "remainder");
  }

  /**
   * What is left on several networks over the learning rate: of a batch, of it the share that the
   * leading term does not explain, and of a point with the divisor b.
   *
   * @param title of the figure
   * @param table of {@code SingleGradientSettings.networks}
   */
  public static Figure networks(String title, Table table) {
    Table batch = table.where(table.stringColumn("forgotten").isEqualTo("batch"));
    Table point = table.where(table.stringColumn("forgotten").isEqualTo("point_full_batch"));
    Table shares = batch.copy();
    DoubleColumn share =
        batch.numberColumn("remainder").divide(batch.numberColumn("v")).setName("v");
    return Figure.panels(
        title,
        3,
        List.of(
            byModel("a batch", "v", batch, 2),
            byModel(
                "of it, not the leading term",
                "share of v (none)",
                shares.replaceColumn("v", share),
                1),
            byModel("a point, divisor b", "v", point, 1)));
  }

  private static Plot byModel(String title, String axis, Table table, int power) {
    Plot plot = Figure.lines(title, RATE, axis).logX().logY();
    Table sorted = table.sortOn("rate");
    for (String model : table.stringColumn("model").unique().asList().stream().sorted().toList()) {
      Table some = sorted.where(sorted.stringColumn("model").isEqualTo(model));
      plot = plot.series(model, values(some, "rate"), values(some, "v"));
    }
    Table smooth = sorted.where(sorted.stringColumn("model").isEqualTo("tanh-bn-cnn-4"));
    return plot.slope("slope " + power, power, values(smooth, "rate"), values(smooth, "v")[0]);
  }

  /**
   * v with momentum: with and without the corrected factor, with and without a step of M'.
   *
   * @param title of the figure
   * @param table of {@code SingleGradientSettings.momentum}
   */
  public static Plot momentum(String title, Table table) {
    Plot plot = Figure.lines(title, RATE, NORM).logX().logY();
    plot = line(plot, "factor not corrected", table, "batch_zero_gradient", "v");
    plot = line(plot, "corrected, but step skipped by M'", table, "batch", "v_corrected");
    plot = line(plot, "corrected", table, "batch_zero_gradient", "v_corrected");
    plot = slope(plot, 1, table, "batch_zero_gradient", "v");
    return slope(plot, 2, table, "batch_zero_gradient", "v_corrected");
  }

  /**
   * v against the leading term and against e1, a point a forget batch, beside equality.
   *
   * @param title of the figure
   * @param table of {@code SingleGradientSettings.forgetBatches}
   */
  public static Figure prediction(String title, Table table) {
    return Figure.panels(
        title,
        2,
        List.of(against("leading term", "predicted", table), against("e1, one eta", "e1", table)));
  }

  private static Plot against(String name, String column, Table table) {
    double[] xs = values(table, column);
    double[] ends = Arrays.stream(xs).sorted().toArray();
    double[] line = {ends[0], ends[ends.length - 1]};
    Plot plot = Figure.scatter("v against " + name, name, "verification error v").logX().logY();
    for (double share : Arrays.stream(values(table, "pure_share")).distinct().sorted().toArray()) {
      Table some = table.where(table.doubleColumn("pure_share").isEqualTo(share));
      plot =
          plot.series(
              String.format(Locale.ROOT, "%.0f%% of one class", 100 * share),
              values(some, column),
              values(some, "v"));
    }
    return plot.reference("equal", line, line);
  }

  private static Plot line(Plot plot, String name, Table table, String forgotten, String column) {
    Table some = table.where(table.stringColumn("forgotten").isEqualTo(forgotten)).sortOn("rate");
    return plot.series(name, values(some, "rate"), values(some, column));
  }

  private static Plot slope(Plot plot, int power, Table table, String forgotten, String column) {
    Table some = table.where(table.stringColumn("forgotten").isEqualTo(forgotten)).sortOn("rate");
    return plot.slope("slope " + power, power, values(some, "rate"), values(some, column)[0]);
  }

  private static double[] values(Table table, String column) {
    DoubleColumn values = table.numberColumn(column).asDoubleColumn();
    return values.asDoubleArray();
  }
}
