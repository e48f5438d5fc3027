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

  /** Each call of the JDK's makes them anew. */
  private static final ClassValue<List<RecordComponent>> COMPONENTS =
      new ClassValue<>() {
        @Override
        protected List<RecordComponent> computeValue(Class<?> type) {
          return List.of(type.getRecordComponents());
        }
      };

  private RecordTable() {}

  public static <R extends Record> Table of(String name, Class<R> type, List<R> rows) {
    Table table = Table.create(name);
    addColumns(table, type, rows);
    return table;
  }

  private static void addColumns(Table table, Class<?> type, List<?> rows) {
    for (RecordComponent component : components(type)) {
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

  /**
   * The tables of runs, one under the other, with a first column {@code run} that counts them from
   * 0. All that have the same columns are read as one, which is many times faster than each alone.
   *
   * @param runs a text of {@link #csv} each
   */
  public static Table joined(String name, Class<? extends Record> type, List<String> runs) {
    Map<String, StringBuilder> texts = new LinkedHashMap<>();
    Map<String, IntColumn> numbers = new LinkedHashMap<>();
    for (int run = 0; run < runs.size(); run++) {
      String csv = runs.get(run);
      int body = csv.indexOf('\n') + 1;
      String header = csv.substring(0, body);
      texts.computeIfAbsent(header, StringBuilder::new).append(csv, body, csv.length());
      IntColumn column = numbers.computeIfAbsent(header, one -> IntColumn.create("run"));
      for (int row = rows(csv, body); row > 0; row--) {
        column.append(run);
      }
    }
    Table all =
        texts.keySet().stream()
            .map(
                header ->
                    readCsv(type, texts.get(header).toString())
                        .insertColumn(0, numbers.get(header)))
            .reduce(RecordTable::under)
            .orElseGet(() -> Table.create(name))
            .setName(name);
    if (texts.size() < 2) {
      return all;
    }
    String place = "place before sorting, which may swap what is equal";
    return all.addColumns(IntColumn.indexColumn(place, all.rowCount(), 0))
        .sortAscendingOn("run", place)
        .removeColumns(place);
  }

  /** How many rows a text holds: its lines, but for those within quotes and empty ones. */
  private static int rows(String csv, int from) {
    int rows = 0;
    boolean quoted = false;
    char before = '\n';
    for (int i = from; i < csv.length(); i++) {
      char c = csv.charAt(i);
      if (quoted && csv.startsWith("\"\"", i)) {
        i++;
      } else if (c == '"' && (quoted || before == ',' || before == '\n')) {
        quoted = !quoted;
      } else if (c == '\n' && !quoted && before != '\n') {
        rows++;
      }
      before = c;
    }
    return rows;
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
    CsvReadOptions.Builder options =
        CsvReadOptions.builder(source(text))
            .missingValueIndicator("")
            // Else a row whose text begins with # after a blank is dropped as a comment.
            .commentPrefix('\0')
            .maxCharsPerColumn(text.length() + 1);
    List<String> columns = List.of(text.substring(0, Math.max(0, text.indexOf('\n'))).split(","));
    // Types that are not known are detected, which takes as long as reading.
    return Table.read()
        .usingOptions(
            types.keySet().containsAll(columns)
                ? options.columnTypes(types::get)
                : options.columnTypesPartial(types));
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
    for (RecordComponent component : components(record)) {
      if (component.getType().isRecord()) {
        addTypes(types, component.getType());
      } else {
        types.put(snakeCase(component.getName()), column(component, List.of()).type());
      }
    }
  }

  static List<RecordComponent> components(Class<?> type) {
    return COMPONENTS.get(type);
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
