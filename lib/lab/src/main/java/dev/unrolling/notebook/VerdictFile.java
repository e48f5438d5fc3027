package dev.unrolling.notebook;

import dev.unrolling.data.AtomicFile;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.plot.FigureWriter;
import dev.unrolling.settings.Scale;
import dev.unrolling.store.RecordTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvReadOptions;

/**
 * The verdicts of one notebook, a row each: claim, statement, outcome, evidence, scale. A claim
 * that an earlier run wrote is replaced as a whole; within one run it may have several statements
 * and scales, each of which stands once.
 */
final class VerdictFile {
  private static final List<String> COLUMNS =
      List.of("claim", "statement", "outcome", "evidence", "scale");

  private final Path file;
  private final Set<List<String>> written = new HashSet<>();

  VerdictFile(Path file) {
    this.file = file;
  }

  /**
   * Adds verdicts, replacing older ones of the same claims. What stands there and is no file of
   * verdicts is moved aside: a small file must not cost a notebook its run.
   *
   * @param scale of the runs that they are on
   * @return where it lies now, in a line
   */
  Optional<String> put(Scale scale, List<Verdict> verdicts) {
    List<List<String>> rows = new ArrayList<>();
    Optional<String> moved = Optional.empty();
    try {
      rows.addAll(read());
    } catch (IOException | RuntimeException foreign) {
      String why = String.valueOf(foreign.getMessage()).lines().findFirst().orElse("");
      moved =
          Optional.of(
              file
                  + " was no file of verdicts ("
                  + why
                  + "); it lies in "
                  + AtomicFile.moveAside(file)
                  + " now");
    }
    for (Verdict verdict : verdicts) {
      rows.removeIf(
          row ->
              row.get(0).equals(verdict.claim())
                  && (!written.contains(List.of(row.get(0), row.get(4)))
                      || row.get(4).equals(scale.toString())
                          && row.get(1).equals(verdict.statement())));
      written.add(List.of(verdict.claim(), scale.toString()));
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
    return moved;
  }

  private List<List<String>> read() throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is a folder, a device or a link that leads nowhere");
    }
    ColumnType[] types = COLUMNS.stream().map(c -> ColumnType.STRING).toArray(ColumnType[]::new);
    String text = Files.readString(file);
    Table table =
        Table.read()
            .usingOptions(
                CsvReadOptions.builder(RecordTable.source(text))
                    .columnTypes(types)
                    .missingValueIndicator()
                    .maxCharsPerColumn(text.length() + 1)
                    .build());
    if (!table.columnNames().equals(COLUMNS)) {
      throw new IOException("its columns are " + table.columnNames() + ", not " + COLUMNS);
    }
    List<List<String>> rows = new ArrayList<>();
    table.forEach(row -> rows.add(COLUMNS.stream().map(row::getString).toList()));
    return rows;
  }
}
