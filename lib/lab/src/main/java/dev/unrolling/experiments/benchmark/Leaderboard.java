package dev.unrolling.experiments.benchmark;

import dev.unrolling.statistics.Tables;
import dev.unrolling.store.RecordTable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Numbers of later papers and of leaderboards, and beside them E9's own of the same metric on the
 * same data under the same protocol. Networks and training differ: where no protocol is published,
 * ours are the same kind of measurement, never the row reproduced.
 */
public final class Leaderboard {

  /** File of the numbers, in the folder of committed tables. */
  public static final String FILE = "leaderboard.csv";

  /** What stands for a protocol that nobody published. */
  public static final String NOT_PUBLISHED = "not published";

  private static final String COMPLEMENT = "100 - ";
  private static final double SHARE = 0.1;

  /**
   * A number as it stands on a page.
   *
   * @param source that has it
   * @param method as the source calls it
   * @param data set, by our name for it where we have one
   * @param network theirs
   * @param protocol what is forgotten
   * @param protocolPublished whether the source says how it was trained and forgotten
   * @param metric as the source calls it
   * @param value on the page, several parted by semicolons
   * @param ga what gradient ascent is there
   * @param ourProtocol {@code "class"} or {@code "random"}; empty where E9 has no such measurement
   * @param ourMethod E9's
   * @param ourColumn E9's, or {@code "100 - "} and its name
   * @param note what to know of the comparison, or what it would take
   */
  public record Row(
      String source,
      String method,
      String data,
      String network,
      String protocol,
      boolean protocolPublished,
      String metric,
      String value,
      String ga,
      String ourProtocol,
      String ourMethod,
      String ourColumn,
      String note) {}

  private Leaderboard() {}

  /**
   * The committed numbers.
   *
   * @param folder of committed tables
   * @return a column a component of {@link Row}
   * @throws java.io.UncheckedIOException if the file cannot be read
   */
  public static Table read(Path folder) {
    return RecordTable.readCsv(Row.class, folder.resolve(FILE));
  }

  /**
   * The numbers with means over E9's runs beside them: of the same method, of gradient ascent and
   * of retraining. What E9's table has no run for is missing. Of random forget sets those of a
   * tenth count.
   *
   * @param rows as {@link #read} gives
   * @param e9 a table of {@link BenchmarkExperiment}
   */
  public static Table beside(Table rows, Table e9) {
    Table shown = Table.create("leaderboard");
    for (String column : List.of("source", "method", "data", "network")) {
      shown.addColumns(rows.stringColumn(column).copy());
    }
    shown.addColumns(
        StringColumn.create(
            "protocol",
            each(rows)
                .mapToObj(
                    row ->
                        rows.booleanColumn("protocol_published").get(row)
                            ? rows.getString(row, "protocol")
                            : NOT_PUBLISHED)
                .toList()),
        rows.stringColumn("metric").copy(),
        rows.stringColumn("value").copy(),
        column("ours", rows, row -> mean(rows, row, e9, rows.getString(row, "our_method"))),
        column("our_ascent", rows, row -> mean(rows, row, e9, "gradient-ascent")),
        column("our_retrained", rows, row -> mean(rows, row, e9, BenchmarkExperiment.RETRAINING)),
        StringColumn.create(
            "our_network", each(rows).mapToObj(row -> network(matching(rows, row, e9))).toList()),
        rows.stringColumn("note").copy());
    return shown;
  }

  private static IntStream each(Table rows) {
    return IntStream.range(0, rows.rowCount());
  }

  private static DoubleColumn column(String name, Table rows, ToDoubleFunction<Integer> value) {
    return DoubleColumn.create(name, each(rows).mapToDouble(value::applyAsDouble).toArray());
  }

  private static double mean(Table rows, int row, Table e9, String method) {
    Table runs = Tables.where(matching(rows, row, e9), "method", method);
    if (runs.isEmpty()) {
      return Double.NaN;
    }
    String name = rows.getString(row, "our_column");
    boolean complement = name.startsWith(COMPLEMENT);
    double mean =
        Arrays.stream(Tables.values(runs, complement ? name.substring(COMPLEMENT.length()) : name))
            .filter(Double::isFinite)
            .average()
            .orElse(Double.NaN);
    return complement ? 100 - mean : mean;
  }

  private static Table matching(Table rows, int row, Table e9) {
    String protocol = rows.getString(row, "our_protocol");
    Table found =
        Tables.where(Tables.where(e9, "data", rows.getString(row, "data")), "protocol", protocol);
    return protocol.equals("random") ? Tables.where(found, "share", SHARE) : found;
  }

  private static String network(Table runs) {
    return String.join(
        ", ",
        each(runs)
            .mapToObj(
                row -> runs.getString(row, "model") + " on " + runs.getString(row, "examples"))
            .distinct()
            .toList());
  }
}
