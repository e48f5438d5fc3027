package dev.unrolling.experiments.sparsity;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiments.finetuning.FineTuningVerdicts;
import dev.unrolling.experiments.finetuning.GridVerdicts;
import dev.unrolling.statistics.Tables;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/**
 * What a table of {@link PrunedFineTuning} says about claim 2.12. All take one row a run, as {@link
 * FineTuningVerdicts#lastRows} gives.
 */
public final class SparsityVerdicts {

  private SparsityVerdicts() {}

  /** All that the table says. */
  public static Verdict[] all(Table last) {
    return new Verdict[] {
      falls("2.12, v", last, "v_single_gradient"),
      falls("2.12, e", last, "e"),
      falls("2.12, norm(dw)", last, "norm_dw"),
      falls("2.12, sigma", last, "sigma_mean"),
      falls("2.12, forgetting distance", last, "forgetting_distance"),
      FineTuningVerdicts.nearerThanDoingNothing("2.12, against doing nothing", last)
    };
  }

  /**
   * A column, averaged over the seeds, falls from each sparsity to the next. Undecided with fewer
   * than 3 sparsities or seeds.
   *
   * @param claim to name the verdict
   * @param last one row a run
   * @param column e.g. {@code "e"}
   */
  public static Verdict falls(String claim, Table last, String column) {
    double[] sparsities = Tables.distinct(last, "sparsity");
    double[][] values =
        Arrays.stream(sparsities)
            .mapToObj(sparsity -> Tables.values(Tables.where(last, "sparsity", sparsity), column))
            .toArray(double[][]::new);
    double[] means =
        Arrays.stream(values)
            .mapToDouble(some -> Arrays.stream(some).average().orElseThrow())
            .toArray();
    String told =
        IntStream.range(0, means.length)
            .mapToObj(i -> at(sparsities[i], means[i], values[i]))
            .collect(Collectors.joining(", "));
    int seeds = Tables.distinct(last, "seed").length;
    return Verdict.of(
            claim,
            column + " falls as more weights are held at 0",
            IntStream.range(1, means.length).allMatch(i -> means[i] < means[i - 1]),
            column
                + " "
                + told
                + "; mean and range over "
                + (seeds == 1 ? "1 seed" : seeds + " seeds")
                + " (needed: each mean below the one before)")
        .ifEnough(
            means.length >= GridVerdicts.FEWEST_SEEDS && seeds >= GridVerdicts.FEWEST_SEEDS,
            "at least 3 sparsities and seeds are needed");
  }

  private static String at(double sparsity, double mean, double... values) {
    return String.format(
        Locale.ROOT,
        "%.3g [%.3g, %.3g] at %s",
        mean,
        Arrays.stream(values).min().orElseThrow(),
        Arrays.stream(values).max().orElseThrow(),
        sparsity);
  }
}
