package dev.unrolling.experiments.methods;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.plot.Spread;
import dev.unrolling.statistics.Tables;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.Table;

/** Figures of {@link MethodExperiment}'s tables. */
public final class MethodFigures {

  private static final List<String> METHODS =
      List.of("single-gradient", "amnesiac", "krylov", Trajectories.PART, Trajectories.EXACT);

  /** Those that cost gradients; each a series, the last of it with its defaults. */
  private static final List<List<String>> ON_FRONT =
      List.of(
          List.of("single-gradient"),
          MethodMeasurements.samples(),
          List.of(Trajectories.COARSE),
          List.of(Trajectories.PART),
          List.of(Trajectories.SELDOM),
          List.of(Trajectories.EXACT));

  private static final String LEFT = "v / forgetting distance";
  private static final String COST = "cost in gradients of one example";

  private MethodFigures() {}

  /** All that there is to show of a table, by the names of the files. */
  static Map<String, Figure> all(Table measurements) {
    Map<String, Figure> figures = new LinkedHashMap<>();
    figures.put(
        "c2.10-left-over", leftOver("What is left of the forgetting distance", measurements));
    figures.put("c2.10-steps", overSteps("On the way, all settings", measurements));
    figures.put(
        "c2.10-predicted",
        predicted("The error, predicted and as it is", MethodVerdicts.lastRows(measurements)));
    figures.put("c2.10-front", front("The Pareto front of unlearning", measurements));
    return figures;
  }

  /**
   * How much of the forgetting distance each method leaves at the last step, against the rate; mean
   * and range over the runs at a rate, whatever their gamma and seed.
   */
  public static Plot leftOver(String title, Table measurements) {
    Table last = MethodVerdicts.withLeftOver(MethodVerdicts.lastRows(measurements));
    Plot plot = Figure.lines(title, "learning rate of fine-tuning", LEFT).logX();
    for (String method : compared(last)) {
      Table some = Tables.where(last, "method", method);
      plot = Spread.of(some, "rate", MethodVerdicts.LEFT_OVER).errorBars(plot, words(method));
    }
    return plot.horizontalLine("nothing done", 1);
  }

  /**
   * The same over the steps, but for methods that are measured at the last one alone; mean and
   * range over all runs of a table.
   */
  public static Plot overSteps(String title, Table measurements) {
    Table all =
        MethodVerdicts.withLeftOver(
            measurements.where(measurements.intColumn("step").isGreaterThan(1)));
    Plot plot = Figure.lines(title, "fine-tuning step t", LEFT);
    for (String method : compared(all)) {
      Table some = Tables.where(all, "method", method);
      if (Tables.distinct(some, "step").length > 1) {
        plot = Spread.of(some, "step", MethodVerdicts.LEFT_OVER).band(plot, words(method));
      }
    }
    return plot.horizontalLine("nothing done", 1);
  }

  /**
   * v of single gradient unlearning, and of doing nothing, against what unlearning along the
   * trajectory predicts of it; a point a setting.
   *
   * @param last as {@link MethodVerdicts#lastRows} gives
   */
  public static Plot predicted(String title, Table last) {
    Plot plot =
        Figure.scatter(title, "v as predicted, nothing retrained", "v as it is").logX().logY();
    for (String method : List.of("single-gradient", MethodMeasurements.NOTHING)) {
      for (double gamma : Tables.distinct(last, "gamma")) {
        Table some = Tables.where(Tables.where(last, "method", method), "gamma", gamma);
        String name = words(method) + ", gamma " + Tables.text(gamma);
        plot = plot.series(name, some, "predicted", "v");
      }
    }
    double[] ends = Arrays.stream(Tables.values(last, "v")).sorted().toArray();
    double[] diagonal = {ends[0], ends[ends.length - 1]};
    return plot.reference("as predicted", diagonal, diagonal);
  }

  /**
   * What each method costs at the last step against how much of the forgetting distance it leaves,
   * a panel a rate; mean and range over the runs at a rate. Retraining leaves nothing. Amnesiac
   * unlearning is missing: it costs storage and no gradient.
   */
  public static Figure front(String title, Table measurements) {
    Table last = MethodVerdicts.withLeftOver(MethodVerdicts.lastRows(measurements));
    return Figure.panels(
        title,
        2,
        Arrays.stream(Tables.distinct(last, "rate"))
            .mapToObj(
                rate -> frontAt("rate " + Tables.text(rate), Tables.where(last, "rate", rate)))
            .toList());
  }

  private static Plot frontAt(String title, Table last) {
    Plot plot = Figure.scatter(title, COST, LEFT).logX();
    for (List<String> methods : ON_FRONT) {
      Table some = last.where(last.stringColumn("method").isIn(methods));
      if (!some.isEmpty()) {
        plot =
            Spread.of(some, "gradients", MethodVerdicts.LEFT_OVER)
                .errorBars(plot, words(methods.get(methods.size() - 1)));
      }
    }
    double[] again = last.stream().mapToDouble(MethodVerdicts::retraining).distinct().toArray();
    plot = plot.horizontalLine("nothing done", 1);
    return plot.points("retraining from w_0", again, new double[again.length]);
  }

  /** The methods of a table that change something, in the order in which they are drawn. */
  private static List<String> compared(Table table) {
    return METHODS.stream().filter(table.stringColumn("method")::contains).toList();
  }

  private static String words(String method) {
    return switch (method) {
      case "krylov" -> "one Hessian";
      case Trajectories.EXACT -> "along the trajectory";
      case Trajectories.PART -> "trajectory, 1/4 of each batch";
      case Trajectories.SELDOM -> "trajectory, every 4th step";
      case Trajectories.COARSE -> "trajectory, both";
      case MethodMeasurements.NOTHING -> "nothing done";
      default -> method.replace('-', ' ');
    };
  }
}
