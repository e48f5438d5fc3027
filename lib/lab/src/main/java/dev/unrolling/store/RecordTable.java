package dev.unrolling.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;
import tech.tablesaw.io.Source;
import tech.tablesaw.io.csv.CsvReadOptions;

/**
 * Turns a list of records into a table, one column a component: {@code normDw} becomes {@code
 * norm_dw}. A component that is a record itself, such as the settings of a run, gives its own
 * columns. NaN becomes a missing value. An optional setting has a column where one of the rows has
 * it, and none where all are empty.
 */
public final class RecordTable {

  private RecordTable() {}

  public static <R extends Record> Table of(String name, Class<R> type, List<R> rows) {
    Table table = Table.create(name);
    addColumns(table, type, rows);
    return table;
  }

  private static void addColumns(Table table, Class<?> type, List<?> rows) {
    for (RecordComponent component : type.getRecordComponents()) {
      List<Object> values = new ArrayList<>();
      rows.forEach(row -> values.add(read(component, row)));
      if (component.getType().isRecord()) {
        addColumns(table, component.getType(), values);
      } else if (component.getType() != Optional.class
          || values.stream().anyMatch(value -> !value.equals(Optional.empty()))) {
        table.addColumns(column(component, values));
      }
    }
  }

  /** One table under the other; what only one has a column of is missing in the other's rows. */
  public static Table under(Table above, Table below) {
    addMissing(above, below);
    addMissing(below, above);
    return above.append(below);
  }

  private static void addMissing(Table table, Table other) {
    for (Column<?> column : other.columns()) {
      if (!table.containsColumn(column.name())) {
        table.insertColumn(other.columnIndex(column), column.emptyCopy(table.rowCount()));
      }
    }
  }

  /** The table as CSV, with all digits. */
  public static String csv(Table table) {
    return table.write().toString("csv");
  }

  /**
   * Reads what {@link #csv} wrote of such a table.
   *
   * @throws UncheckedIOException naming the file
   */
  public static Table readCsv(Class<? extends Record> type, Path file) {
    try {
      return readCsv(type, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the table " + file + ": " + e, e);
    }
  }

  /** Reads what {@link #csv} gave. */
  public static Table readCsv(Class<? extends Record> type, String text) {
    Map<String, ColumnType> types = new LinkedHashMap<>();
    addTypes(types, type);
    return Table.read()
        .usingOptions(
            CsvReadOptions.builder(source(text))
                .columnTypesPartial(types)
                .missingValueIndicator("")
                .maxCharsPerColumn(text.length() + 1));
  }

  /**
   * Text for Tablesaw to read. Of text that it takes as such it makes bytes in the character set of
   * the machine, where letters that the set lacks become question marks.
   */
  public static Source source(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Source(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8);
  }

  private static void addTypes(Map<String, ColumnType> types, Class<?> record) {
    for (RecordComponent component : record.getRecordComponents()) {
      if (component.getType().isRecord()) {
        addTypes(types, component.getType());
      } else {
        types.put(snakeCase(component.getName()), column(component, List.of()).type());
      }
    }
  }

  static Object read(RecordComponent component, Object row) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(row);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  private static Column<?> column(RecordComponent component, List<Object> values) {
    String name = snakeCase(component.getName());
    Class<?> type = component.getType();
    if (type == int.class) {
      return IntColumn.create(name, values.stream().mapToInt(v -> (Integer) v).toArray());
    }
    if (type == long.class) {
      return LongColumn.create(name, values.stream().mapToLong(v -> (Long) v).toArray());
    }
    if (type == double.class) {
      return DoubleColumn.create(name, values.stream().mapToDouble(v -> (Double) v).toArray());
    }
    if (type == boolean.class) {
      return BooleanColumn.create(name, values.stream().map(v -> (Boolean) v).toList());
    }
    return StringColumn.create(name, values.stream().map(RecordTable::text).toList());
  }

  private static String text(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.map(RecordTable::text).orElse("");
    }
    return value instanceof Enum<?> e ? e.name().toLowerCase(Locale.ROOT) : String.valueOf(value);
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .replaceAll("([A-Z])([A-Z][a-z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }
}
