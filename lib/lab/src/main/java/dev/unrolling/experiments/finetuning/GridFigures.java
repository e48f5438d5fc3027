package dev.unrolling.experiments.finetuning;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.plot.Spread;
import dev.unrolling.statistics.Tables;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;
import tech.tablesaw.selection.Selection;

/** Figures of the grids of fine-tuning runs: E1 over pairs, E2 and E5, E3, E4, E7. */
public final class GridFigures {

  private static final String GAMMA = "gamma";
  private static final String STEP = "step t";

  private GridFigures() {}

  /**
   * E1: v, the forgetting distance and e1 over the steps, a panel a pair of model and data set.
   *
   * @param title of the figure
   * @param measurements of runs that differ in model, data set and seed alone
   */
  public static Figure pairs(String title, Table measurements) {
    List<Plot> panels = new ArrayList<>();
    for (Table pair : subjects(measurements)) {
      Plot plot = Figure.lines(subject(pair), STEP, "weight norm").logY();
      plot = Spread.of(pair, "step", "v_single_gradient").band(plot, "v, single gradient");
      plot = Spread.of(pair, "step", "forgetting_distance").band(plot, "forgetting distance");
      panels.add(Spread.of(pair, "step", "e1").band(plot, "e1, one eta"));
    }
    return Figure.panels(title, 2, panels);
  }

  /**
   * E2 and E5: errors and distance, movement, sigma and test accuracy over gamma, gamma_c marked;
   * mean and range over the seeds.
   *
   * @param title of the figure
   * @param last one row a run, of one pair
   */
  public static Figure overGamma(String title, Table last) {
    return Figure.panels(title, 2, panelsOverGamma(last));
  }

  private static List<Plot> panelsOverGamma(Table last) {
    OptionalDouble critical = GridVerdicts.knownCriticalGamma(last.column("data").getString(0));
    Plot errors =
        over("Verification and unlearning error", "weight norm (e: times eta)", critical).logY();
    errors = Spread.of(last, GAMMA, "v_single_gradient").errorBars(errors, "v, single gradient");
    errors = Spread.of(last, GAMMA, "forgetting_distance").errorBars(errors, "forgetting distance");
    errors = Spread.of(last, GAMMA, "e").errorBars(errors, "e, as published");
    errors = Spread.of(last, GAMMA, "e1").errorBars(errors, "e1, one eta");
    return List.of(
        errors,
        Spread.of(last, GAMMA, "norm_dw")
            .errorBars(over("Movement", "norm(dw)", critical), "norm(dw)"),
        Spread.of(last, GAMMA, "sigma_mean")
            .errorBars(over("Sharpness", "sigma, mean over the run", critical), "sigma"),
        Spread.of(last, GAMMA, "test_accuracy")
            .errorBars(over("Accuracy", "test accuracy", critical), "test accuracy"));
  }

  /**
   * The same with the accuracy of a converged model in the last panel.
   *
   * @param title of the figure
   * @param last one row a run, of one pair
   * @param converged test accuracy of converged logistic regression, 0 to 1
   */
  public static Figure overGamma(String title, Table last, double converged) {
    List<Plot> panels = new ArrayList<>(panelsOverGamma(last));
    int accuracy = panels.size() - 1;
    panels.set(
        accuracy, panels.get(accuracy).horizontalLine("converged logistic regression", converged));
    return Figure.panels(title, 2, panels);
  }

  private static Plot over(String title, String y, OptionalDouble critical) {
    Plot plot = Figure.lines(title, GAMMA, y);
    return critical.isEmpty() ? plot : plot.verticalLine("gamma_c", critical.getAsDouble());
  }

  /**
   * E2: test accuracy against e as gamma varies, a panel a pair of model and data set; a point a
   * gamma, the mean over the seeds.
   *
   * @param title of the figure
   * @param last one row a run
   */
  public static Figure accuracyAgainstError(String title, Table last) {
    List<Plot> panels = new ArrayList<>();
    for (Table pair : subjects(last)) {
      Plot plot =
          Figure.scatter(subject(pair), "unlearning error e, as published", "test accuracy").logX();
      Spread e = Spread.of(pair, GAMMA, "e");
      Spread accuracy = Spread.of(pair, GAMMA, "test_accuracy");
      for (int i = 0; i < e.x().length; i++) {
        String beyond =
            e.x()[i]
                    > GridVerdicts.knownCriticalGamma(pair.column("data").getString(0))
                        .orElse(Double.POSITIVE_INFINITY)
                ? ", beyond gamma_c"
                : "";
        plot =
            plot.points(
                GAMMA + " " + Tables.text(e.x()[i]) + beyond,
                new double[] {e.mean()[i]},
                new double[] {accuracy.mean()[i]});
      }
      panels.add(plot);
    }
    return Figure.panels(title, 2, panels);
  }

  /**
   * E3: e1, movement, sigma and v over the steps of a training from scratch, with and without
   * penalty; mean and range over the seeds.
   *
   * @param title of the figure
   * @param measurements of all runs
   */
  public static Figure fromScratch(String title, Table measurements) {
    List<Plot> panels = new ArrayList<>();
    for (String[] panel :
        new String[][] {
          {"e", "Unlearning error", "e, as published"},
          {"norm_dw", "Movement", "norm(dw)"},
          {"sigma", "Sharpness", "sigma"},
          {"v_single_gradient", "Verification error", "v, single gradient"}
        }) {
      Plot plot = Figure.lines(panel[1], STEP, panel[2]).logY();
      for (double gamma : Tables.distinct(measurements, GAMMA)) {
        for (double divisor : Tables.distinct(measurements, "gamma_divisor")) {
          Table some =
              Tables.where(Tables.where(measurements, GAMMA, gamma), "gamma_divisor", divisor);
          if (!some.isEmpty()) {
            String name =
                GAMMA
                    + " "
                    + Tables.text(gamma)
                    + (divisor == 1 ? "" : ", divided by " + Tables.text(divisor));
            plot = Spread.of(some, "step", panel[0]).band(plot, name);
          }
        }
      }
      panels.add(plot);
    }
    return Figure.panels(title, 2, panels);
  }

  /**
   * E4: v, the plain and the checkpointed error over the steps, a panel a gamma; mean and range
   * over the seeds.
   *
   * @param title of the figure
   * @param measurements of runs with checkpoints
   */
  public static Figure checkpointed(String title, Table measurements) {
    // After the first step both errors are 0 but for rounding.
    Table later = measurements.where(measurements.intColumn("step").isGreaterThan(1));
    List<Plot> panels = new ArrayList<>();
    for (double gamma : Tables.distinct(later, GAMMA)) {
      Table some = Tables.where(later, GAMMA, gamma);
      Plot plot = Figure.lines(GAMMA + " " + Tables.text(gamma), STEP, "error").logY();
      plot = Spread.of(some, "step", "v_single_gradient").band(plot, "v, single gradient");
      plot = Spread.of(some, "step", "e1").band(plot, "e1, plain");
      plot = Spread.of(some, "step", "e1_checkpointed").band(plot, "e1, checkpointed");
      plot = Spread.of(some, "step", "e").band(plot, "e, plain");
      panels.add(Spread.of(some, "step", "e_checkpointed").band(plot, "e, checkpointed"));
    }
    return Figure.panels(title, 2, panels);
  }

  /**
   * E7: what a change of one factor does to v and to an error, as a ratio to the base setting; a
   * point a value, mean and range over the seeds.
   *
   * @param title of the figure
   * @param changes as {@link FactorVerdicts#changes} gives
   * @param error its name
   */
  public static Plot factors(String title, List<FactorVerdicts.Change> changes, String error) {
    Plot plot =
        Figure.scatter(title, error + " / " + error + " of the base", "v / v of the base")
            .logX()
            .logY();
    for (String factor : changes.stream().map(FactorVerdicts.Change::factor).distinct().toList()) {
      List<FactorVerdicts.Change> some =
          changes.stream().filter(change -> change.factor().equals(factor)).toList();
      plot =
          plot.points(
              factor.replace('_', ' ')
                  + " "
                  + String.join(", ", some.stream().map(c -> plain(c.value())).toList()),
              some.stream().mapToDouble(change -> Tables.geometricMean(change.e())).toArray(),
              some.stream().mapToDouble(change -> Tables.geometricMean(change.v())).toArray());
    }
    double[] ends =
        changes.stream()
            .flatMapToDouble(
                c ->
                    Arrays.stream(
                        new double[] {Tables.geometricMean(c.e()), Tables.geometricMean(c.v())}))
            .sorted()
            .toArray();
    double[] diagonal = {ends[0], ends[ends.length - 1]};
    return plot.reference("same ratio", diagonal, diagonal)
        .horizontalLine("", 1)
        .verticalLine("", 1);
  }

  private static String plain(String value) {
    return value.matches("[-+0-9.eE]+")
        ? new BigDecimal(value).stripTrailingZeros().toPlainString()
        : value;
  }

  /** A table for each pair of a model and a data set, in the order of the rows. */
  private static List<Table> subjects(Table table) {
    List<String> all =
        IntStream.range(0, table.rowCount()).mapToObj(row -> subject(table, row)).toList();
    return all.stream()
        .distinct()
        .map(
            one ->
                table.where(
                    Selection.with(
                        IntStream.range(0, all.size())
                            .filter(row -> all.get(row).equals(one))
                            .toArray())))
        .toList();
  }

  private static String subject(Table table) {
    return subject(table, 0);
  }

  private static String subject(Table table, int row) {
    return table.column("model").getString(row) + " on " + table.column("data").getString(row);
  }
}
