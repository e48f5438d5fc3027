package dev.unrolling.plot;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/**
 * Mean, least and largest value of a column for each value of another.
 *
 * @param meaning what mean and ends are over, e.g. {@code "mean and range over 3 seeds"}; empty
 *     where each is of one value
 */
public record Spread(double[] x, double[] mean, double[] low, double[] high, String meaning) {

  public static Spread of(Table table, String xColumn, String column) {
    double[] xs = table.numberColumn(xColumn).asDoubleArray();
    double[] x = Arrays.stream(xs).distinct().sorted().toArray();
    double[] ys = table.numberColumn(column).asDoubleArray();
    List<double[]> groups =
        Arrays.stream(x)
            .mapToObj(
                at ->
                    IntStream.range(0, xs.length)
                        .filter(i -> xs[i] == at)
                        .mapToDouble(i -> ys[i])
                        .toArray())
            .toList();
    return new Spread(
        x,
        groups.stream().mapToDouble(g -> Arrays.stream(g).average().orElseThrow()).toArray(),
        groups.stream().mapToDouble(g -> Arrays.stream(g).min().orElseThrow()).toArray(),
        groups.stream().mapToDouble(g -> Arrays.stream(g).max().orElseThrow()).toArray(),
        over("mean and range", table, groups.stream().mapToInt(g -> g.length).toArray()));
  }

  /**
   * Says what a spread is over: seeds, if no more rows than the table has seeds go into a value,
   * otherwise runs.
   *
   * @param what it is, e.g. {@code "mean and range"}
   * @param counts rows of the table that went into each value
   * @return e.g. {@code "mean and range over 3 seeds"}; empty if each value is of one row
   */
  public static String over(String what, Table table, int[] counts) {
    int fewest = Arrays.stream(counts).min().orElse(0);
    int most = Arrays.stream(counts).max().orElse(0);
    if (most <= 1) {
      return "";
    }
    boolean seeds = table.containsColumn("seed") && table.column("seed").countUnique() >= most;
    String number = fewest == most ? "" + most : fewest + " to " + most;
    return what + " over " + number + (seeds ? " seeds" : " runs");
  }

  public Plot band(Plot plot, String name) {
    return plot.band(name, x, mean, low, high, meaning);
  }

  public Plot errorBars(Plot plot, String name) {
    return plot.errorBars(name, x, mean, low, high, meaning);
  }
}
