package dev.unrolling.experiments.singlegradient;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.settings.Scale;
import dev.unrolling.statistics.Tables;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

/** Figures of the tables of {@link SingleGradientExperiment} (claims 2.2 and 2.4b). */
public final class SingleGradientFigures {

  private static final String RATE = "learning rate eta";
  private static final String NORM = "norm (weights)";

  private SingleGradientFigures() {}

  /** Four of each model on which all of it is tried, and one of networks of practice. */
  static Map<String, Figure> all(Scale scale, Table table) {
    Map<String, Figure> figures = new LinkedHashMap<>();
    for (SingleGradientSettings base :
        List.of(SingleGradientSettings.base(), SingleGradientSettings.head(scale))) {
      String model = base.model();
      Table runs = Tables.where(table, "model", model);
      Table plain = plain(runs);
      figures.put(
          "c2.2-batches-" + model,
          batches("Forgetting a batch, " + model, Tables.where(plain, "forgotten", "batch")));
      figures.put("c2.2-points-" + model, points("Forgetting a point, " + model, plain));
      figures.put(
          "c2.2-momentum-" + model,
          momentum("Momentum 0.9, " + model, Tables.where(runs, "momentum", 0.9)));
      figures.put(
          "c2.2-prediction-" + model,
          prediction(
              "Different forget batches, " + model,
              runs.where(runs.intColumn("sigma_products").isGreaterThan(0))));
    }
    Table pictures = Tables.where(table, "data", SingleGradientSettings.base().data());
    Table networks = Tables.where(Tables.where(plain(pictures), "epochs", 2), "position", "middle");
    figures.put("c2.2-networks", networks("Kinks and batch statistics", networks));
    return figures;
  }

  private static Table plain(Table table) {
    return Tables.where(Tables.where(table, "momentum", 0), "sigma_products", 0);
  }

  /**
   * What is left over the learning rate in one number of epochs, by the position of the forget
   * batch: a panel each, with lines of slope 1, 2 and 3.
   *
   * @param title of the figure
   * @param table of {@code SingleGradientSettings.batches}
   */
  public static Figure batches(String title, Table table) {
    Table some = Tables.where(table, "epochs", table.numberColumn("epochs").max());
    return Figure.panels(
        title,
        3,
        Stream.of("first", "middle", "last")
            .map(
                position ->
                    orders(
                        "x* " + position + " in the epoch",
                        Tables.where(some, "position", position)))
            .toList());
  }

  private static Plot orders(String title, Table table) {
    Table sorted = table.sortOn("rate");
    return Figure.lines(title, RATE, NORM)
        .logX()
        .logY()
        .series("forgetting distance", sorted, "rate", "forgetting_distance")
        .series("v", sorted, "rate", "v")
        .series("v without its leading term", sorted, "rate", "remainder")
        .slope(1, sorted, "rate", "forgetting_distance")
        .slope(2, sorted, "rate", "v")
        .slope(3, sorted, "rate", "remainder");
  }

  /**
   * v of forgetting a point, with both divisors of the rest of its batch.
   *
   * @param title of the figure
   * @param table of {@code SingleGradientSettings.points}
   */
  public static Plot points(String title, Table table) {
    Table sorted = table.sortOn("rate");
    Table remaining = Tables.where(sorted, "forgotten", "point_remaining");
    Table full = Tables.where(sorted, "forgotten", "point_full_batch");
    return Figure.lines(title, RATE, NORM)
        .logX()
        .logY()
        .series("divisor b − 1", remaining, "rate", "v")
        .series("divisor b", full, "rate", "v")
        .series("divisor b, without leading term", full, "rate", "remainder")
        .slope(1, remaining, "rate", "v")
        .slope(2, full, "rate", "v")
        .slope(3, full, "rate", "remainder");
  }

  /**
   * What is left on several networks over the learning rate: of a batch, of it the share that the
   * leading term does not explain, and of a point with the divisor b.
   *
   * @param title of the figure
   * @param table of {@code SingleGradientSettings.networks}
   */
  public static Figure networks(String title, Table table) {
    Table batch = Tables.where(table, "forgotten", "batch");
    Table point = Tables.where(table, "forgotten", "point_full_batch");
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
      plot = plot.series(model, Tables.where(sorted, "model", model), "rate", "v");
    }
    return plot.slope(power, Tables.where(sorted, "model", "tanh-bn-cnn-4"), "rate", "v");
  }

  /**
   * v with momentum: with and without the corrected factor, with and without a step of M'.
   *
   * @param title of the figure
   * @param table of {@code SingleGradientSettings.momentum}
   */
  public static Plot momentum(String title, Table table) {
    Table sorted = table.sortOn("rate");
    Table zero = Tables.where(sorted, "forgotten", "batch_zero_gradient");
    Table skipped = Tables.where(sorted, "forgotten", "batch");
    return Figure.lines(title, RATE, NORM)
        .logX()
        .logY()
        .series("factor not corrected", zero, "rate", "v")
        .series("corrected, but step skipped by M'", skipped, "rate", "v_corrected")
        .series("corrected", zero, "rate", "v_corrected")
        .slope(1, zero, "rate", "v")
        .slope(2, zero, "rate", "v_corrected");
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
    double[] xs = Tables.distinct(table, column);
    double[] line = xs.length == 0 ? xs : new double[] {xs[0], xs[xs.length - 1]};
    Plot plot = Figure.scatter("v against " + name, name, "verification error v").logX().logY();
    for (double share : Tables.distinct(table, "pure_share")) {
      String group = String.format(Locale.ROOT, "%.0f%% of one class", 100 * share);
      plot = plot.series(group, Tables.where(table, "pure_share", share), column, "v");
    }
    return plot.reference("equal", line, line);
  }
}
