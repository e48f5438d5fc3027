package dev.unrolling.experiments.finetuning;

import dev.unrolling.engine.Objective.Normalisation;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiment.Verdict.Outcome;
import dev.unrolling.statistics.Tables;
import dev.unrolling.unlearning.theory.StandardDeviationTheory;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/**
 * What a table of experiment E5 says, one row a gamma at the last step of its run (as {@link
 * FineTuningVerdicts#lastRows} gives). Reviews have two classes; from {@link #CRITICAL_GAMMA} on
 * the SD loss is least where all logits are equal.
 */
public final class ReviewVerdicts {

  /** The gamma at which the best margin becomes 0 for two classes: sqrt 2. */
  public static final double CRITICAL_GAMMA =
      StandardDeviationTheory.criticalGamma(2, Normalisation.PER_CLASS);

  /** Largest distance between the accuracy of SGD and that of the converged regression. */
  public static final double LARGEST_GAP = 0.03;

  /** Fewest test reviews that tell 3 points: their standard error is 0.01 at 1,600. */
  public static final int FEWEST_TESTS = 1600;

  /** Fewest training reviews that hold the logits of others: more than twice the features. */
  public static final int FEWEST_TRAINING = 1000;

  /** Largest spread of the logits in collapse, as a share of that without penalty. */
  public static final double COLLAPSED_SHARE = 0.1;

  private ReviewVerdicts() {}

  /**
   * All that E5's table says by itself, at any scale.
   *
   * @param last one row a gamma
   */
  public static Verdict[] overGamma(Table last) {
    return new Verdict[] {
      falls("E5, norm(dw)", last, "norm_dw"),
      falls("E5, e", last, "e"),
      falls("E5, v", last, "v_single_gradient"),
      falls("E5, forgetting distance", last, "forgetting_distance"),
      collapse("E5, gamma_c", last),
      FineTuningVerdicts.nearerThanDoingNothing("E5, against doing nothing", last)
    };
  }

  /**
   * {@link GridVerdicts#falls} up to the critical gamma of two classes.
   *
   * @param claim to name the verdict
   * @param last one row a gamma
   * @param column e.g. {@code "e"}
   */
  public static Verdict falls(String claim, Table last, String column) {
    return GridVerdicts.falls(claim, last, column, CRITICAL_GAMMA);
  }

  /**
   * Whether the logits of the test reviews fall together at every gamma beyond the critical one,
   * and at none below: mean standard deviation at most a tenth of that at gamma 0. Undecided
   * without a gamma on both sides, or with fewer than 1,000 training reviews: few of them leave the
   * head free where the test reviews are.
   *
   * @param claim to name the verdict
   * @param last one row a gamma, one of them 0
   */
  public static Verdict collapse(String claim, Table last) {
    Table sorted = last.sortAscendingOn("gamma");
    double[] gammas = Tables.values(sorted, "gamma");
    double[] spreads = Tables.values(sorted, "logit_deviation");
    String statement = "Beyond gamma_c, and not below it, the logits collapse";
    String evidence =
        GridVerdicts.listed("logit_deviation", gammas, spreads)
            + String.format(
                Locale.ROOT,
                "; gamma_c %.3f (needed: beyond it at most %.0f%% of the value at gamma 0, below it"
                    + " more)",
                CRITICAL_GAMMA,
                100 * COLLAPSED_SHARE);
    boolean bothSides =
        Arrays.stream(gammas).anyMatch(g -> g > CRITICAL_GAMMA)
            && Arrays.stream(gammas).anyMatch(g -> g > 0 && g < CRITICAL_GAMMA);
    boolean enough = Tables.at(sorted, "examples", 0) >= FEWEST_TRAINING;
    if (gammas[0] != 0 || !bothSides || !enough) {
      return new Verdict(claim, statement, Outcome.UNDECIDED, evidence);
    }
    return Verdict.of(
        claim,
        statement,
        IntStream.range(1, gammas.length)
            .allMatch(
                i -> (spreads[i] <= COLLAPSED_SHARE * spreads[0]) == (gammas[i] > CRITICAL_GAMMA)),
        evidence);
  }

  /**
   * Whether SGD without penalty has learnt what a linear head can: its test accuracy is within 3
   * points of that of a converged logistic regression on the same features. Undecided with fewer
   * than 1,600 test reviews.
   *
   * @param claim to name the verdict
   * @param last one row a gamma, one of them 0
   * @param converged test accuracy of the regression, 0 to 1
   */
  public static Verdict asGoodAsConverged(String claim, Table last, double converged) {
    Table plain = Tables.where(last, "gamma", 0);
    double accuracy = Tables.at(plain, "test_accuracy", 0);
    int tests = (int) Tables.at(plain, "test_examples", 0);
    return Verdict.of(
            claim,
            "Without penalty the head's test accuracy is within 3 points of converged logistic"
                + " regression",
            Math.abs(accuracy - converged) <= LARGEST_GAP,
            "%.2f%% beside %.2f%% on %d test reviews",
            100 * accuracy,
            100 * converged,
            tests)
        .ifEnough(tests >= FEWEST_TESTS, "at least " + FEWEST_TESTS + " are needed");
  }
}
