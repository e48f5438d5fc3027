package dev.unrolling.statistics;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How well a variable ranks a target over settings, beside simpler variables.
 *
 * @param rank correlation of the variable with the target
 * @param simpler rank correlations of the others, by name
 * @param beaten in which share of resamples each of them ranks it worse, 0 to 1
 */
public record RankComparison(
    Correlation rank, Map<String, Correlation> simpler, Map<String, Double> beaten) {

  /** Share of resamples in which one variable must rank the target better to be called better. */
  public static final double CLEAR_SHARE = 0.9;

  /**
   * Compares.
   *
   * @param target what is to be ranked, one value a setting, at least 3
   * @param variable one value a setting
   * @param simpler one value a setting each, by name
   */
  public static RankComparison of(
      double[] target, double[] variable, Map<String, double[]> simpler) {
    Map<String, Correlation> ranks = new TreeMap<>();
    Map<String, Double> beaten = new TreeMap<>();
    simpler.forEach(
        (name, values) -> {
          ranks.put(name, Correlation.ofRanks(target, values));
          beaten.put(name, Correlation.shareWhereBetter(target, variable, values));
        });
    return new RankComparison(Correlation.ofRanks(target, variable), ranks, beaten);
  }

  /** Whether the variable ranks the target, and clearly better than each of the others. */
  public boolean isBetter() {
    return rank.low() > 0 && beaten.values().stream().allMatch(won -> won >= CLEAR_SHARE);
  }

  /** Whether it does not rank the target, or one of the others is clearly better. */
  public boolean isWorse() {
    return rank.high() <= 0 || beaten.values().stream().anyMatch(won -> won <= 1 - CLEAR_SHARE);
  }

  /** E.g. {@code "the rate alone 0.83 [0.41, 0.96], beaten in 60% of resamples"}. */
  @Override
  public String toString() {
    return simpler.keySet().stream()
        .map(
            name ->
                String.format(
                    Locale.ROOT,
                    "%s alone %s, beaten in %.0f%% of resamples",
                    name,
                    simpler.get(name),
                    100 * beaten.get(name)))
        .collect(Collectors.joining("; "));
  }
}
