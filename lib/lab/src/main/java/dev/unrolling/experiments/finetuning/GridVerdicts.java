package dev.unrolling.experiments.finetuning;

import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Objective;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.statistics.Tables;
import dev.unrolling.unlearning.theory.StandardDeviationTheory;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/**
 * What tables of {@link FineTuning} say about E2, E3 and E4. All take one row a run, as {@link
 * FineTuningVerdicts#lastRows} gives.
 */
public final class GridVerdicts {

  /** Fewest seeds that a comparison rests on. */
  public static final int FEWEST_SEEDS = 3;

  private GridVerdicts() {}

  /**
   * E2: a column, averaged over the seeds, falls from each gamma to the next, up to the critical
   * one. Undecided with fewer than 3 gammas there.
   *
   * @param claim to name the verdict
   * @param last one row a run
   * @param column e.g. {@code "e"}
   * @param criticalGamma beyond it there is no trade-off to read
   */
  public static Verdict falls(String claim, Table last, String column, double criticalGamma) {
    Table below = last.where(last.numberColumn("gamma").isLessThan(criticalGamma));
    double[] gammas = Tables.distinct(below, "gamma");
    double[] values =
        Arrays.stream(gammas)
            .map(gamma -> Tables.mean(Tables.where(below, "gamma", gamma), column))
            .toArray();
    return Verdict.of(
            claim,
            column + " falls as gamma grows, up to gamma_c",
            IntStream.range(1, values.length).allMatch(i -> values[i] < values[i - 1]),
            listed(column, gammas, values) + seeds(below) + " (needed: each below the one before)")
        .ifEnough(values.length >= 3, "at least 3 gammas are needed");
  }

  /**
   * All that E2's table says, at any scale.
   *
   * @param last one row a run, of one pair
   */
  public static Verdict[] overGamma(Table last) {
    double critical = criticalGamma(last.column("data").getString(0));
    return new Verdict[] {
      falls("E2, e", last, "e", critical),
      falls("E2, norm(dw)", last, "norm_dw", critical),
      falls("E2, sigma", last, "sigma_mean", critical),
      falls("E2, v", last, "v_single_gradient", critical),
      falls("E2, forgetting distance", last, "forgetting_distance", critical)
    };
  }

  /** Values of a column at some gammas, in words. */
  static String listed(String column, double[] gammas, double[] values) {
    return IntStream.range(0, gammas.length)
        .mapToObj(i -> String.format(Locale.ROOT, "%.3g at gamma %s", values[i], gammas[i]))
        .collect(Collectors.joining(", ", column + " ", ""));
  }

  /**
   * All that E3's table says, at any scale.
   *
   * @param last one row a run
   */
  public static Verdict[] fromScratch(Table last) {
    return new Verdict[] {
      lowerWithPenalty("E3, e", last, "e"),
      lowerWithPenalty("E3, norm(dw)", last, "norm_dw"),
      lowerWithPenalty("E3, sigma", last, "sigma_mean"),
      lowerWithPenalty("E3, v", last, "v_single_gradient")
    };
  }

  /**
   * All that E4's table says, at any scale.
   *
   * @param measurements all of them
   */
  public static Verdict[] checkpointed(Table measurements) {
    Table last = FineTuningVerdicts.lastRows(measurements);
    return new Verdict[] {
      checkpointedIsNearer("E4, e", last, "e"),
      checkpointedIsNearer("E4, e1", last, "e1"),
      FineTuningVerdicts.bound("E4, e1 as a bound", measurements, "e1"),
      FineTuningVerdicts.bound("E4, checkpointed e1 as a bound", measurements, "e1_checkpointed")
    };
  }

  /**
   * E3: at the end, a column is lower with a penalty than without, for every seed. Undecided with
   * fewer than 3 seeds.
   *
   * @param claim to name the verdict
   * @param last one row a run, some at gamma 0 and some at another, with the same seeds
   * @param column e.g. {@code "norm_dw"}
   */
  public static Verdict lowerWithPenalty(String claim, Table last, String column) {
    Table plain = Tables.where(last, "gamma", 0);
    Table steady =
        last.where(
            last.numberColumn("gamma")
                .isGreaterThan(0)
                .and(last.numberColumn("gamma_divisor").isEqualTo(1)));
    double[] ratios = ratios(Tables.distinct(plain, "seed"), steady, plain, column);
    String told =
        Arrays.stream(ratios)
            .mapToObj(ratio -> String.format(Locale.ROOT, "%.3g", ratio))
            .collect(Collectors.joining(", "));
    return Verdict.of(
            claim,
            column + " is lower with the penalty than without, from scratch",
            Arrays.stream(ratios).allMatch(ratio -> ratio < 1),
            column + " with / without: " + told + " (needed: below 1 for every seed)")
        .ifEnough(ratios.length >= FEWEST_SEEDS, "at least " + FEWEST_SEEDS + " seeds are needed");
  }

  /**
   * E4: the checkpointed error is nearer to v than the plain one at the end, as a factor.
   *
   * @param claim to name the verdict
   * @param last one row a run with checkpoints
   * @param plain the column {@code "e"} or {@code "e1"}
   */
  public static Verdict checkpointedIsNearer(String claim, Table last, String plain) {
    double[] v = Tables.values(last, "v_single_gradient");
    double[] whole = Tables.values(last, plain);
    double[] cut = Tables.values(last, plain + "_checkpointed");
    long nearer =
        IntStream.range(0, v.length)
            .filter(i -> Math.abs(Math.log(cut[i] / v[i])) < Math.abs(Math.log(whole[i] / v[i])))
            .count();
    return Verdict.of(
        claim,
        "The checkpointed " + plain + " is nearer to v than the plain one",
        nearer == v.length,
        "nearer in %d of %d runs (needed: all); %s / v %.3g, checkpointed %.3g (geometric"
            + " means)",
        nearer,
        v.length,
        plain,
        Tables.geometricMean(Tables.ratios(last, plain, "v_single_gradient")),
        Tables.geometricMean(Tables.ratios(last, plain + "_checkpointed", "v_single_gradient")));
  }

  /**
   * Gamma_c of a data set in the authors' normalisation: beyond it the SD loss is least where all
   * logits are equal (claim 2.7).
   *
   * @param data its name, e.g. {@code "cifar10"}
   * @throws IllegalArgumentException if it does not come with the library: then {@link
   *     StandardDeviationTheory#criticalGamma} takes its number of classes
   */
  public static double criticalGamma(String data) {
    return knownCriticalGamma(data)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the number of classes of \""
                        + data
                        + "\" is not known by its name; ask StandardDeviationTheory.criticalGamma"
                        + " with the data set's classes()"));
  }

  /** The same, empty if the data set does not come with the library. */
  public static OptionalDouble knownCriticalGamma(String data) {
    OptionalInt classes = DataSets.classes(data);
    return classes.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            StandardDeviationTheory.criticalGamma(
                classes.getAsInt(), Objective.Normalisation.PER_CLASS));
  }

  /** The means of a column seed by seed, over those of a base. */
  static double[] ratios(double[] seeds, Table table, Table base, String column) {
    return Arrays.stream(seeds)
        .map(
            seed ->
                Tables.mean(Tables.where(table, "seed", seed), column)
                    / Tables.mean(Tables.where(base, "seed", seed), column))
        .toArray();
  }

  private static String seeds(Table table) {
    int count = table.containsColumn("seed") ? Tables.distinct(table, "seed").length : 1;
    return count > 1 ? ", mean of " + count + " seeds" : "";
  }
}
