package dev.unrolling.statistics;

import java.util.Arrays;
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

  /** A number without a needless decimal. */
  public static String text(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }
}
