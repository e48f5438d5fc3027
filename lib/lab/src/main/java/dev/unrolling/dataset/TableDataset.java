package dev.unrolling.dataset;

import dev.unrolling.data.FeatureDataset;
import java.util.List;
import java.util.TreeSet;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/**
 * Data sets of tables: an example a row, a feature a column. Values are taken as they stand, so
 * standardise columns of different units first, the test table by the training table.
 *
 * <pre>{@code
 * Table table = Table.read().csv("flowers.csv");
 * FeatureDataset train = TableDataset.of(table, "species", List.of("length", "width"));
 * FeatureDataset test = TableDataset.of(other, "species", List.of("length", "width"), train.classNames());
 * }</pre>
 */
public final class TableDataset {

  private TableDataset() {}

  /**
   * A data set whose classes are the different labels of the table, sorted as text.
   *
   * @param table at least one row; its name is the data set's
   * @param label name of the column of labels, of any type
   * @param features names of the columns of features, numbers without gaps, in this order
   * @throws IllegalArgumentException if a column is not there, no column of numbers, or among the
   *     features twice; if a value is missing or not finite, naming column and row
   */
  public static FeatureDataset of(Table table, String label, List<String> features) {
    List<String> classes = List.copyOf(new TreeSet<>(labels(table, label)));
    return of(table, label, features, classes);
  }

  /**
   * A data set with given classes: the test table that belongs to a training table.
   *
   * @param table at least one row; its name is the data set's
   * @param label name of the column of labels, of any type
   * @param features names of the columns of features, numbers without gaps, in this order
   * @param classNames in label order; a label that is not among them is refused
   * @throws IllegalArgumentException as above, or if a label is of no class
   */
  public static FeatureDataset of(
      Table table, String label, List<String> features, List<String> classNames) {
    List<String> texts = labels(table, label);
    int[] labels = new int[texts.size()];
    for (int row = 0; row < labels.length; row++) {
      labels[row] = classNames.indexOf(texts.get(row));
      if (labels[row] < 0) {
        throw wrong(
            table, label, row, "is \"" + texts.get(row) + "\", which is none of " + classNames);
      }
    }
    if (features.isEmpty()
        || features.contains(label)
        || features.size() != features.stream().distinct().count()) {
      throw new IllegalArgumentException(
          table.name()
              + ": features must be at least one column, each once, and not the label \""
              + label
              + "\", but are "
              + features);
    }
    double[] values = new double[Math.multiplyExact(labels.length, features.size())];
    for (int feature = 0; feature < features.size(); feature++) {
      NumericColumn<?> column = numbers(table, features.get(feature));
      for (int row = 0; row < labels.length; row++) {
        if (column.isMissing(row) || !Double.isFinite(column.getDouble(row))) {
          String found = column.isMissing(row) ? "is missing" : "is " + column.getDouble(row);
          throw wrong(
              table, features.get(feature), row, found + "; drop the row or fill it in first");
        }
        values[row * features.size() + feature] = column.getDouble(row);
      }
    }
    return FeatureDataset.of(table.name(), values, labels, classNames);
  }

  private static List<String> labels(Table table, String label) {
    Column<?> column = column(table, label);
    if (column.isEmpty()) {
      throw new IllegalArgumentException(table.name() + " has no row");
    }
    for (int row = 0; row < column.size(); row++) {
      if (column.isMissing(row)) {
        throw wrong(table, label, row, "is missing; drop the row or fill it in first");
      }
    }
    return column.asStringColumn().asList();
  }

  private static NumericColumn<?> numbers(Table table, String name) {
    Column<?> column = column(table, name);
    if (column instanceof NumericColumn<?> numbers) {
      return numbers;
    }
    throw new IllegalArgumentException(
        table.name()
            + ": column \""
            + name
            + "\" holds "
            + column.type().name()
            + ", features must be numbers; turn it into numbers first");
  }

  private static Column<?> column(Table table, String name) {
    if (!table.containsColumn(name)) {
      throw new IllegalArgumentException(
          table.name() + " has no column \"" + name + "\"; there is " + table.columnNames());
    }
    return table.column(name);
  }

  private static IllegalArgumentException wrong(Table table, String column, int row, String what) {
    return new IllegalArgumentException(
        table.name() + ": column \"" + column + "\" of row " + row + " " + what);
  }
}
