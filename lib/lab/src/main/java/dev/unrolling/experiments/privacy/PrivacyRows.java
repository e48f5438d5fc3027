package dev.unrolling.experiments.privacy;

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
    return table.where(table.intColumn("visits").isEqualTo(visits));
  }

  static Table ofMethod(Table table, String method) {
    return table.where(table.stringColumn("method").isEqualTo(method)).sortAscendingOn("run");
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
    return table.intColumn("run").unique().asList().stream()
        .sorted()
        .map(run -> table.where(table.intColumn("run").isEqualTo(run)))
        .toList();
  }

  /** A number of each run of a gamma, in the order of the seeds. */
  static double[] ofSeeds(Table table, double gamma, ToDoubleFunction<Table> ofRun) {
    return runs(table.where(table.numberColumn("gamma").isEqualTo(gamma))).stream()
        .sorted(Comparator.comparingDouble(rows -> column(rows, "seed")[0]))
        .mapToDouble(ofRun)
        .toArray();
  }

  /** A column under one method less that under another, one value a run. */
  static double[] paired(Table table, String column, String one, String other) {
    return minus(column(ofMethod(table, one), column), column(ofMethod(table, other), column));
  }

  /** One column less another, row by row. */
  static double[] differences(Table table, String one, String other) {
    return minus(column(table, one), column(table, other));
  }

  static double[] column(Table table, String name) {
    return table.numberColumn(name).asDoubleArray();
  }

  private static double[] minus(double[] one, double[] other) {
    return IntStream.range(0, one.length).mapToDouble(i -> one[i] - other[i]).toArray();
  }
}
