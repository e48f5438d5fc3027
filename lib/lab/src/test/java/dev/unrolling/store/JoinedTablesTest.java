package dev.unrolling.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

/** Runs read at once give the table that reading each alone gives. */
class JoinedTablesTest {

  private record Row(String text, int count, double value, Optional<String> option) {}

  private static String csv(Row... rows) {
    return RecordTable.csv(RecordTable.of("one", Row.class, List.of(rows)));
  }

  private static Row row(String text, int count, String option) {
    return new Row(text, count, Math.sqrt(count), Optional.ofNullable(option));
  }

  @Test
  void rowsAreCountedWhateverTheirTextsHold() {
    List<String> texts =
        List.of(
            "plain",
            "a,b",
            "a\nb\n\nc",
            "\"",
            "a\"b",
            "\"a",
            "a\"\"b\n\"",
            "\"\"\"\n,",
            "",
            "#",
            " # x",
            "é");
    List<String> runs =
        texts.stream().map(text -> csv(row(text, 1, null), row("after " + text, 2, null))).toList();
    Table all = RecordTable.joined("all", Row.class, runs);
    assertEquals("all", all.name());
    assertEquals(
        IntStream.range(0, 2 * texts.size()).map(i -> i / 2).boxed().toList(),
        all.intColumn("run").asList());
    for (int i = 0; i < texts.size(); i++) {
      assertEquals(texts.get(i).strip(), all.stringColumn("text").get(2 * i));
      assertEquals(2, all.intColumn("count").get(2 * i + 1));
    }
  }

  /** More rows than Tablesaw sorts on one thread, which keeps the order of equal ones by chance. */
  @Test
  void theOrderIsKeptWhereColumnsDiffer() {
    List<String> runs =
        IntStream.range(0, 5000)
            .mapToObj(run -> csv(row("a", run, run % 2 == 0 ? null : "x"), row("b", run, null)))
            .toList();
    Table all = RecordTable.joined("all", Row.class, runs);
    assertEquals(List.of("run", "text", "count", "value", "option"), all.columnNames());
    for (int row = 0; row < 10_000; row++) {
      int run = row / 2;
      assertEquals(run, all.intColumn("run").get(row));
      assertEquals(run, all.intColumn("count").get(row));
      assertEquals(row % 2 == 0 ? "a" : "b", all.stringColumn("text").get(row));
      assertEquals(row % 4 == 2 ? "x" : "", all.stringColumn("option").get(row), "row " + row);
    }
  }

  @Test
  void noRunsAndRunsWithoutRowsAreTablesToo() {
    assertEquals(0, RecordTable.joined("none", Row.class, List.of()).columnCount());
    Table empty = RecordTable.joined("empty", Row.class, List.of(csv(), csv(row("a", 1, null))));
    assertEquals(List.of(1), empty.intColumn("run").asList());
  }
}
