package dev.unrolling.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.DataException;
import dev.unrolling.data.StrictJson;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.forgetting.inputs.UserExamples;
import dev.unrolling.forgetting.inputs.UserExamples.Pixels;
import dev.unrolling.settings.Grid;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.store.RecordTable;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.Table;

/** What is written is read again, bit for bit. */
class RoundTripTest {

  private record Inner(double value, boolean flag) {}

  private record Line(int count, long seed, Inner inner, String text, BatchOrder.Position place) {}

  private record Lines(List<Line> lines) {}

  @Provide
  Arbitrary<Line> line() {
    Arbitrary<Double> doubles =
        Arbitraries.longs().map(Double::longBitsToDouble).filter(d -> !Double.isNaN(d));
    // The least number of a type is how a column says that there is none.
    return net.jqwik.api.Combinators.combine(
            Arbitraries.integers().filter(i -> i != Integer.MIN_VALUE),
            Arbitraries.longs().filter(i -> i != Long.MIN_VALUE),
            doubles,
            Arbitraries.of(true, false),
            Arbitraries.strings()
                .ofMaxLength(8)
                .withChars("ab \",;'\\ é漢NaN-.0")
                .map(String::strip),
            Arbitraries.of(BatchOrder.Position.class))
        .as((i, l, d, b, s, p) -> new Line(i, l, new Inner(d, b), s, p));
  }

  @Property(seed = "1", tries = 30)
  void aTableAsCsv(@ForAll @Size(min = 1, max = 5) List<@net.jqwik.api.From("line") Line> lines) {
    assertKept(lines);
  }

  private static void assertKept(List<Line> lines) {
    Table read =
        RecordTable.readCsv(Line.class, RecordTable.csv(RecordTable.of("t", Line.class, lines)));
    assertEquals(lines.size(), read.rowCount());
    for (Row row : read) {
      Line line = lines.get(row.getRowNumber());
      assertEquals(line.count(), row.getInt("count"));
      assertEquals(line.seed(), row.getLong("seed"));
      assertEquals(
          Double.doubleToLongBits(line.inner().value()),
          Double.doubleToLongBits(row.getDouble("value")));
      assertEquals(line.inner().flag(), row.getBoolean("flag"));
      assertEquals(line.text(), row.getString("text"));
      assertEquals(line.place().name().toLowerCase(java.util.Locale.ROOT), row.getString("place"));
    }
  }

  /** As under cron and in containers; a JVM's own character set is settled when it starts. */
  @Example
  void lettersAreKeptWhereTheLocaleHasNone() throws IOException, InterruptedException {
    Path csv = Files.createTempFile("round-trip", ".csv");
    try {
      Files.writeString(csv, "\uFEFFgröße,label\n1,é\n2,漢\n");
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Dfile.encoding=US-ASCII",
                  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                  "-cp",
                  System.getProperty("java.class.path"),
                  RoundTripTest.class.getName(),
                  csv.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), said);
      Files.writeString(csv, "größe,label\n1,é\n", StandardCharsets.ISO_8859_1);
      DataException refused =
          assertThrows(DataException.class, () -> UserExamples.read(csv, Pixels.RAW, "label"));
      assertTrue(refused.getMessage().contains("save it as UTF-8"), refused.getMessage());
    } finally {
      Files.delete(csv);
    }
  }

  /** What the other JVM does: status 1 and the reason if letters are lost. */
  public static void main(String... arguments) {
    assertEquals(StandardCharsets.US_ASCII, Charset.defaultCharset());
    assertKept(List.of(new Line(1, 2, new Inner(3, true), "é漢", BatchOrder.Position.values()[0])));
    UserExamples read = UserExamples.read(Path.of(arguments[0]), Pixels.RAW, "label");
    assertEquals(List.of("é", "漢"), read.dataset().classNames());
  }

  @Property(seed = "1")
  void recordsAsJson(@ForAll @Size(max = 3) List<@net.jqwik.api.From("line") Line> lines)
      throws JsonProcessingException {
    Lines written = new Lines(lines);
    String json = SettingsJson.write(written);
    assertEquals(written, StrictJson.mapper().readValue(json, Lines.class));
    assertThrows(
        JsonProcessingException.class,
        () -> StrictJson.mapper().readValue(json + " {}", Lines.class));
    assertThrows(
        JsonProcessingException.class,
        () -> StrictJson.mapper().readValue(json + " // end", Lines.class));
    assertThrows(
        JsonProcessingException.class,
        () ->
            StrictJson.mapper()
                .readValue(json.replaceFirst("\\{", "{\"lines\": [], "), Lines.class),
        "a name twice");
  }

  @Property(seed = "1")
  void numbersInSettings(@ForAll long bits, @ForAll long seed) {
    double value = Double.longBitsToDouble(bits & Long.MAX_VALUE);
    net.jqwik.api.Assume.that(Double.isFinite(value));
    FineTuningSettings base = FineTuningSettings.of(Scale.SMOKE);
    FineTuningSettings set = SettingsJson.set(base, "gamma=" + value);
    assertEquals(Double.doubleToLongBits(value), Double.doubleToLongBits(set.gamma()));
    assertEquals(seed, SettingsJson.set(base, " seed = " + seed + " ").seed());
    assertEquals(set, SettingsJson.read(base, SettingsJson.write(set)));
    assertEquals(
        set.withSeed(seed),
        Grid.of(base, "{\"gamma\": [" + value + "], \"seed\": [" + seed + "]}").get(0));
  }

  @Property(seed = "1", tries = 30)
  void aGridHasEachCombinationOnceTheLastNameFastest(
      @ForAll @IntRange(min = 1, max = 5) int gammas,
      @ForAll @IntRange(min = 1, max = 5) int seeds) {
    FineTuningSettings base = FineTuningSettings.of(Scale.SMOKE);
    String json =
        "{\"gamma\": "
            + java.util.stream.IntStream.range(0, gammas).boxed().toList()
            + ", \"seed\": "
            + java.util.stream.IntStream.range(0, seeds).boxed().toList()
            + "}";
    List<FineTuningSettings> all = Grid.of(base, json);
    assertEquals(gammas * seeds, new HashSet<>(all).size());
    for (int i = 0; i < all.size(); i++) {
      assertEquals(base.withGamma(i / seeds).withSeed(i % seeds), all.get(i));
    }
  }

  @Property(seed = "1")
  void verdictsKeepTheirWords(@ForAll Verdict.Outcome outcome, @ForAll String text)
      throws JsonProcessingException {
    Verdict verdict = new Verdict("2.1", text, outcome, text).on("IMDB");
    assertEquals(
        verdict, StrictJson.mapper().readValue(SettingsJson.write(verdict), Verdict.class));
    assertTrue(verdict.claim().endsWith("(IMDB)"));
  }
}
