package dev.unrolling.experiments.sparsity;

import dev.unrolling.plot.Figure;
import dev.unrolling.plot.Plot;
import dev.unrolling.plot.Spread;
import java.util.List;
import tech.tablesaw.api.Table;

/** The figure of {@link PrunedFineTuning}. */
public final class SparsityFigures {

  private static final String SPARSITY = "sparsity";

  private SparsityFigures() {}

  /**
   * Errors and distance, movement, sigma and test accuracy over the share of weights that is held
   * at 0; mean and range over the seeds.
   *
   * @param title of the figure
   * @param last one row a run
   */
  public static Figure overSparsity(String title, Table last) {
    Plot errors = over("Verification and unlearning error", "weight norm (e: times eta)").logY();
    errors = Spread.of(last, SPARSITY, "v_single_gradient").errorBars(errors, "v, single gradient");
    errors =
        Spread.of(last, SPARSITY, "forgetting_distance").errorBars(errors, "forgetting distance");
    errors = Spread.of(last, SPARSITY, "e").errorBars(errors, "e, as published");
    errors = Spread.of(last, SPARSITY, "e1").errorBars(errors, "e1, one eta");
    return Figure.panels(
        title,
        2,
        List.of(
            errors,
            one(last, "Movement", "norm(dw)", "norm_dw"),
            one(last, "Sharpness", "sigma, mean over the run", "sigma_mean"),
            one(last, "Accuracy", "test accuracy", "test_accuracy")));
  }

  private static Plot one(Table last, String title, String label, String column) {
    return Spread.of(last, SPARSITY, column).errorBars(over(title, label), label);
  }

  private static Plot over(String title, String y) {
    return Figure.lines(title, "share of weights held at 0", y);
  }
}
