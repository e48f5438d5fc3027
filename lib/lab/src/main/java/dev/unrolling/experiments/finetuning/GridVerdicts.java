package dev.unrolling.experiments.finetuning;

import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Objective;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.statistics.Tables;
import dev.unrolling.store.RecordTable;
import dev.unrolling.unlearning.theory.StandardDeviationTheory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;
import tech.tablesaw.selection.Selection;

/**
 * What tables of {@link FineTuning} say about E2, E3, E4 and E7. All take one row a run, as {@link
 * FineTuningVerdicts#lastRows} gives.
 */
public final class GridVerdicts {

  /** Fewest seeds that a comparison rests on. */
  public static final int FEWEST_SEEDS = 3;

  /** Fewest clear changes of v that E7's verdict rests on. */
  public static final int FEWEST_CHANGES = 4;

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
            .map(gamma -> mean(Tables.where(below, "gamma", gamma), column))
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
   * All that E7's table says, at any scale.
   *
   * @param last one row a run
   * @param base the base setting
   */
  public static Verdict[] factors(Table last, FineTuningSettings base) {
    return new Verdict[] {
      sameDirection("E7, e", changes(last, base, "e"), "e"),
      sameDirection("E7, e1", changes(last, base, "e1"), "e1"),
      FineTuningVerdicts.nearerThanDoingNothing("E7, against doing nothing", last)
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
    double[] ratios =
        Arrays.stream(Tables.distinct(plain, "seed"))
            .map(
                seed ->
                    mean(Tables.where(steady, "seed", seed), column)
                        / mean(Tables.where(plain, "seed", seed), column))
            .toArray();
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
        geometricMean(whole, v),
        geometricMean(cut, v));
  }

  /**
   * A change of one factor away from the base setting.
   *
   * @param factor the column that changes
   * @param value its new value
   * @param v ratio of v to that of the base setting, a value a seed
   * @param e the same of an error
   */
  public record Change(String factor, String value, double[] v, double[] e) {

    /** Whether v moves in one direction for all seeds. */
    boolean isClear() {
      return Arrays.stream(v).allMatch(r -> r > 1) || Arrays.stream(v).allMatch(r -> r < 1);
    }

    /** Whether the means of both move in the same direction. */
    boolean agrees() {
      return (geometric(v) > 1) == (geometric(e) > 1);
    }
  }

  /**
   * E7: where a factor moves v clearly (for all seeds in one direction), the error moves in the
   * same direction. Undecided with fewer than 4 such changes or 3 seeds.
   *
   * @param claim to name the verdict
   * @param changes as {@link #changes} gives
   * @param error its name, for the text
   */
  public static Verdict sameDirection(String claim, List<Change> changes, String error) {
    List<Change> clear = changes.stream().filter(Change::isClear).toList();
    String against =
        clear.stream()
            .filter(change -> !change.agrees())
            .map(
                change ->
                    String.format(
                        Locale.ROOT,
                        "%s=%s (v x %.2f, %s x %.2f)",
                        change.factor,
                        change.value,
                        geometric(change.v),
                        error,
                        geometric(change.e)))
            .collect(Collectors.joining(", "));
    int fewest = changes.stream().mapToInt(change -> change.v.length).min().orElse(0);
    return Verdict.of(
            claim,
            "Where a factor moves v, " + error + " moves in the same direction",
            against.isEmpty(),
            "%d of %d changes move v for all seeds; %s agrees in all%s (needed: all)",
            clear.size(),
            changes.size(),
            error,
            against.isEmpty() ? "" : " but " + against)
        .ifEnough(
            clear.size() >= FEWEST_CHANGES && fewest >= FEWEST_SEEDS,
            "at least %s clear changes and %s seeds are needed"
                .formatted(FEWEST_CHANGES, FEWEST_SEEDS));
  }

  /**
   * How v and an error change when one factor does.
   *
   * @param last one row a run: the base setting, and settings that differ from it in one column
   * @param base the base setting
   * @param error the column {@code "e"} or {@code "e1"}
   */
  public static List<Change> changes(Table last, FineTuningSettings base, String error) {
    Table settings = RecordTable.of("base", FineTuningSettings.class, List.of(base));
    List<String> factors =
        settings.columnNames().stream().filter(name -> !name.equals("seed")).toList();
    List<List<String>> differences =
        IntStream.range(0, last.rowCount())
            .mapToObj(row -> differences(last, row, settings, factors))
            .toList();
    Table plain = last.where(rows(differences, List.of()));
    List<Change> changes = new ArrayList<>();
    for (String factor : factors) {
      Table changed = last.where(rows(differences, List.of(factor)));
      for (String value : changed.column(factor).asStringColumn().unique()) {
        Table some = changed.where(changed.column(factor).asStringColumn().isEqualTo(value));
        changes.add(
            new Change(
                factor,
                value,
                ratios(some, plain, "v_single_gradient"),
                ratios(some, plain, error)));
      }
    }
    return changes;
  }

  private static Selection rows(List<List<String>> differences, List<String> wanted) {
    return Selection.with(
        IntStream.range(0, differences.size())
            .filter(row -> differences.get(row).equals(wanted))
            .toArray());
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

  private static List<String> differences(Table table, int row, Table base, List<String> columns) {
    return columns.stream()
        .filter(name -> !table.column(name).getString(row).equals(base.column(name).getString(0)))
        .toList();
  }

  private static double[] ratios(Table table, Table base, String column) {
    return Arrays.stream(Tables.distinct(table, "seed"))
        .map(
            seed ->
                mean(Tables.where(table, "seed", seed), column)
                    / mean(Tables.where(base, "seed", seed), column))
        .toArray();
  }

  private static double mean(Table table, String column) {
    return Arrays.stream(Tables.values(table, column)).average().orElse(Double.NaN);
  }

  private static double geometricMean(double[] numerators, double[] denominators) {
    return geometric(
        IntStream.range(0, numerators.length)
            .mapToDouble(i -> numerators[i] / denominators[i])
            .toArray());
  }

  static double geometric(double[] values) {
    return Math.exp(Arrays.stream(values).map(Math::log).average().orElse(Double.NaN));
  }

  private static String seeds(Table table) {
    int count = table.containsColumn("seed") ? Tables.distinct(table, "seed").length : 1;
    return count > 1 ? ", mean of " + count + " seeds" : "";
  }
}
