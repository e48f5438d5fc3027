package dev.unrolling.figure;

import dev.unrolling.experiment.ReviewVerdicts;
import java.util.List;
import tech.tablesaw.api.Table;

/** Figures of experiment E5 over the weight gamma of the SD penalty, gamma_c marked. */
public final class ReviewFigures {

  private static final String GAMMA = "gamma";

  private ReviewFigures() {}

  /**
   * Four panels over gamma: errors and distance, movement of the weights, sigma, test accuracy.
   *
   * @param title of the figure
   * @param last one row a gamma, at the last step
   * @param converged test accuracy of converged logistic regression, 0 to 1
   */
  public static Figure overGamma(String title, Table last, double converged) {
    Table sorted = last.sortAscendingOn(GAMMA);
    Plot errors = lines("Verification and unlearning error", "weight norm (e: times eta)").logY();
    errors = with(errors, "v, single gradient", sorted, "v_single_gradient");
    errors = with(errors, "forgetting distance", sorted, "forgetting_distance");
    errors = with(errors, "e, as published", sorted, "e");
    errors = with(errors, "e1, one eta", sorted, "e1");
    Plot movement = with(lines("Movement", "norm(dw)"), "norm(dw)", sorted, "norm_dw");
    Plot sigma =
        with(lines("Sharpness", "sigma, mean over the run"), "sigma", sorted, "sigma_mean");
    Plot accuracy =
        with(lines("Accuracy", "test accuracy"), "linear head", sorted, "test_accuracy")
            .horizontalLine("converged logistic regression", converged);
    return Figure.panels(title, 2, List.of(errors, movement, sigma, accuracy));
  }

  private static Plot lines(String title, String y) {
    return Figure.lines(title, GAMMA, y).verticalLine("gamma_c", ReviewVerdicts.CRITICAL_GAMMA);
  }

  private static Plot with(Plot plot, String name, Table table, String column) {
    return plot.series(name, table.numberColumn(GAMMA), table.numberColumn(column));
  }
}
