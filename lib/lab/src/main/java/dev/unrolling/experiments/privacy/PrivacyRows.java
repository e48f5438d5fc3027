package dev.unrolling.experiments.privacy;

import dev.unrolling.statistics.Correlation;
import dev.unrolling.statistics.Tables;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/** Ways to read a table of {@link Privacy}; rows come in the order of the runs. */
public final class PrivacyRows {

  private PrivacyRows() {}

  static Table last(Table table) {
    return after(table, (int) table.intColumn("visits").max());
  }

  static Table after(Table table, int visits) {
    return Tables.where(table, "visits", visits);
  }

  static Table ofMethod(Table table, String method) {
    return Tables.where(table, "method", method).sortAscendingOn("run");
  }

  /** M and each M''. */
  static Table withoutRetrained(Table table) {
    return table.where(table.stringColumn("method").isNotEqualTo(PrivacyVerdicts.RETRAINED));
  }

  static List<Integer> visits(Table table) {
    return table.intColumn("visits").unique().asList().stream().sorted().toList();
  }

  /** One table a run. */
  static List<Table> runs(Table table) {
    return Tables.parts(table, "run");
  }

  /** A number of each run of a gamma, in the order of the seeds. */
  static double[] ofSeeds(Table table, double gamma, ToDoubleFunction<Table> ofRun) {
    return runs(Tables.where(table, "gamma", gamma)).stream()
        .sorted(Comparator.comparingDouble(rows -> Tables.values(rows, "seed")[0]))
        .mapToDouble(ofRun)
        .toArray();
  }

  /** A column under one method less that under another, one value a run. */
  static double[] paired(Table table, String column, String one, String other) {
    return minus(
        Tables.values(ofMethod(table, one), column), Tables.values(ofMethod(table, other), column));
  }

  /** One column less another, row by row. */
  static double[] differences(Table table, String one, String other) {
    return minus(Tables.values(table, one), Tables.values(table, other));
  }

  private static double[] minus(double[] one, double[] other) {
    return IntStream.range(0, one.length).mapToDouble(i -> one[i] - other[i]).toArray();
  }

  /** The correlation within a run after as many visits, mean over the visits. */
  static double overVisits(Table run) {
    return visits(run).stream()
        .mapToDouble(visits -> correlation(after(run, visits)))
        .average()
        .orElseThrow();
  }

  /** The correlation within each run. */
  static double[] withinRuns(Table rows) {
    return runs(rows).stream().mapToDouble(PrivacyRows::correlation).toArray();
  }

  /** Rank correlation of v with the change of the score. */
  static double correlation(Table rows) {
    return Correlation.spearman(Tables.values(rows, "v"), Tables.values(rows, "risk_change"));
  }

  /** The same with its interval. */
  static Correlation across(Table rows) {
    return Correlation.ofRanks(Tables.values(rows, "v"), Tables.values(rows, "risk_change"));
  }

  static double mean(double... values) {
    return Arrays.stream(values).average().orElseThrow();
  }
}
