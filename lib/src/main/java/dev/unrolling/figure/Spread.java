package dev.unrolling.figure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tech.tablesaw.api.Table;

/** Mean, least and largest value of a column for each value of another. */
record Spread(double[] x, double[] mean, double[] low, double[] high) {

  static Spread of(Table table, String xColumn, String column) {
    double[] xs = table.numberColumn(xColumn).asDoubleArray();
    double[] ys = table.numberColumn(column).asDoubleArray();
    double[] x = Arrays.stream(xs).distinct().sorted().toArray();
    List<double[]> groups = new ArrayList<>();
    for (double at : x) {
      List<Double> group = new ArrayList<>();
      for (int i = 0; i < xs.length; i++) {
        if (xs[i] == at) {
          group.add(ys[i]);
        }
      }
      groups.add(group.stream().mapToDouble(Double::doubleValue).toArray());
    }
    return new Spread(
        x,
        groups.stream().mapToDouble(g -> Arrays.stream(g).average().orElseThrow()).toArray(),
        groups.stream().mapToDouble(g -> Arrays.stream(g).min().orElseThrow()).toArray(),
        groups.stream().mapToDouble(g -> Arrays.stream(g).max().orElseThrow()).toArray());
  }

  /** Adds the mean as a line within a band from the least to the largest. */
  Plot band(Plot plot, String name) {
    return plot.band(name, x, mean, low, high);
  }
}
