package dev.unrolling.figure;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/** Mean, least and largest value of a column for each value of another. */
record Spread(double[] x, double[] mean, double[] low, double[] high) {

  static Spread of(Table table, String xColumn, String column) {
    double[] x = distinct(table, xColumn);
    double[] xs = table.numberColumn(xColumn).asDoubleArray();
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
        groups.stream().mapToDouble(g -> Arrays.stream(g).max().orElseThrow()).toArray());
  }

  /** The different values of a column, rising. */
  static double[] distinct(Table table, String column) {
    return Arrays.stream(table.numberColumn(column).asDoubleArray()).distinct().sorted().toArray();
  }

  Plot band(Plot plot, String name) {
    return plot.band(name, x, mean, low, high);
  }

  Plot errorBars(Plot plot, String name) {
    return plot.errorBars(name, x, mean, low, high);
  }
}
