package dev.unrolling.statistics;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/** What verdicts and figures read of a table. */
public final class Tables {

  private Tables() {}

  /** The numbers of a column, of whatever type. */
  public static double[] values(Table table, String column) {
    return table.numberColumn(column).asDoubleArray();
  }

  /** The different numbers of a column, in rising order. */
  public static double[] distinct(Table table, String column) {
    return Arrays.stream(values(table, column)).distinct().sorted().toArray();
  }

  /** The number in a row, from 0. */
  public static double at(Table table, String column, int row) {
    return table.numberColumn(column).getDouble(row);
  }

  /** The rows in which a column has a text. */
  public static Table where(Table table, String column, String text) {
    return table.where(table.stringColumn(column).isEqualTo(text));
  }

  /** The rows in which a column has a number. */
  public static Table where(Table table, String column, double number) {
    return table.where(table.numberColumn(column).isEqualTo(number));
  }

  /** The mean of a column; NaN if there is no row. */
  public static double mean(Table table, String column) {
    return Arrays.stream(values(table, column)).average().orElse(Double.NaN);
  }

  /** The geometric mean of positive numbers; NaN if there is none. */
  public static double geometricMean(double... values) {
    return Math.exp(Arrays.stream(values).map(Math::log).average().orElse(Double.NaN));
  }

  /** The rows of each number of a column, in rising order. */
  public static List<Table> parts(Table table, String column) {
    return Arrays.stream(distinct(table, column))
        .mapToObj(number -> where(table, column, number))
        .toList();
  }

  /** One column over another, row by row. */
  public static double[] ratios(Table table, String numerator, String denominator) {
    double[] above = values(table, numerator);
    double[] below = values(table, denominator);
    return IntStream.range(0, above.length).mapToDouble(i -> above[i] / below[i]).toArray();
  }

  /** The largest number over the least. */
  public static double spread(double... values) {
    return Arrays.stream(values).max().orElseThrow() / Arrays.stream(values).min().orElseThrow();
  }

  /**
   * Least and largest with two digits, e.g. {@code "0.43 to 0.55"}; once where they are the same.
   */
  public static String range(double... values) {
    if (values.length == 0) {
      return "unknown";
    }
    String least = twoDigits(Arrays.stream(values).min().getAsDouble());
    String largest = twoDigits(Arrays.stream(values).max().getAsDouble());
    return least.equals(largest) ? least : least + " to " + largest;
  }

  private static String twoDigits(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  /** A number without a needless decimal. */
  public static String text(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }
}
