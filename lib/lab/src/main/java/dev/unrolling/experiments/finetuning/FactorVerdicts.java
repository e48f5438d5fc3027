package dev.unrolling.experiments.finetuning;

import dev.unrolling.experiment.Verdict;
import dev.unrolling.statistics.Tables;
import dev.unrolling.store.RecordTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;
import tech.tablesaw.selection.Selection;

/**
 * What a table of {@link FineTuning} says about E7, one row a run, as {@link
 * FineTuningVerdicts#lastRows} gives: whether an error follows v where one factor changes.
 */
public final class FactorVerdicts {

  /** Fewest clear changes of v that E7's verdict rests on. */
  public static final int FEWEST_CHANGES = 4;

  private FactorVerdicts() {}

  /**
   * All that E7's table says, at any scale.
   *
   * @param last one row a run
   * @param base the base setting
   */
  public static Verdict[] all(Table last, FineTuningSettings base) {
    return new Verdict[] {
      sameDirection("E7, e", changes(last, base, "e"), "e"),
      sameDirection("E7, e1", changes(last, base, "e1"), "e1"),
      FineTuningVerdicts.nearerThanDoingNothing("E7, against doing nothing", last)
    };
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
      return (Tables.geometricMean(v) > 1) == (Tables.geometricMean(e) > 1);
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
                        Tables.geometricMean(change.v),
                        error,
                        Tables.geometricMean(change.e)))
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
            clear.size() >= FEWEST_CHANGES && fewest >= GridVerdicts.FEWEST_SEEDS,
            "at least %s clear changes and %s seeds are needed"
                .formatted(FEWEST_CHANGES, GridVerdicts.FEWEST_SEEDS));
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
        double[] seeds = Tables.distinct(some, "seed");
        changes.add(
            new Change(
                factor,
                value,
                GridVerdicts.ratios(seeds, some, plain, "v_single_gradient"),
                GridVerdicts.ratios(seeds, some, plain, error)));
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

  private static List<String> differences(Table table, int row, Table base, List<String> columns) {
    return columns.stream()
        .filter(name -> !table.column(name).getString(row).equals(base.column(name).getString(0)))
        .toList();
  }
}
