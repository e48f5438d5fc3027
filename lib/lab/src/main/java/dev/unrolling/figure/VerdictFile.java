package dev.unrolling.figure;

import dev.unrolling.experiment.Scale;
import dev.unrolling.experiment.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvReadOptions;

/**
 * The verdicts of one notebook, a row each: claim, statement, outcome, evidence, scale. A claim
 * that an earlier run wrote is replaced as a whole; within one run it may have several statements,
 * each of which stands once.
 */
final class VerdictFile {
  private static final List<String> COLUMNS =
      List.of("claim", "statement", "outcome", "evidence", "scale");

  private final Path file;
  private final Scale scale;
  private final Set<String> written = new HashSet<>();

  VerdictFile(Path file, Scale scale) {
    this.file = file;
    this.scale = scale;
  }

  /**
   * Adds verdicts, replacing older ones of the same claims.
   *
   * @throws IllegalStateException if the file is there and is not one of verdicts
   */
  void put(List<Verdict> verdicts) {
    List<List<String>> rows = new ArrayList<>(read());
    for (Verdict verdict : verdicts) {
      boolean again = !written.add(verdict.claim());
      rows.removeIf(
          row ->
              row.get(0).equals(verdict.claim())
                  && (!again || row.get(1).equals(verdict.statement())));
      rows.add(
          List.of(
              verdict.claim(),
              verdict.statement(),
              verdict.outcome().toString(),
              verdict.evidence(),
              scale.toString()));
    }
    Table table = Table.create("verdicts");
    for (int i = 0; i < COLUMNS.size(); i++) {
      int column = i;
      table.addColumns(
          StringColumn.create(COLUMNS.get(i), rows.stream().map(row -> row.get(column))));
    }
    FigureWriter.saveCsv(table, file);
  }

  private List<List<String>> read() {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      ColumnType[] types = COLUMNS.stream().map(c -> ColumnType.STRING).toArray(ColumnType[]::new);
      Table table =
          Table.read()
              .usingOptions(
                  CsvReadOptions.builder(Files.newBufferedReader(file))
                      .columnTypes(types)
                      .missingValueIndicator()
                      .build());
      if (!table.columnNames().equals(COLUMNS)) {
        throw new IllegalArgumentException("its columns are " + table.columnNames());
      }
      List<List<String>> rows = new ArrayList<>();
      table.forEach(row -> rows.add(COLUMNS.stream().map(row::getString).toList()));
      return rows;
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read " + file, unreadable);
    } catch (RuntimeException foreign) {
      throw new IllegalStateException(
          file
              + " is not a file of verdicts with the columns "
              + COLUMNS
              + " ("
              + foreign.getMessage()
              + "); move it away",
          foreign);
    }
  }
}
