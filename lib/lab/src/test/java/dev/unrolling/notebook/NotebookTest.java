package dev.unrolling.notebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.notebook.screen.Display;
import dev.unrolling.notebook.screen.DisplayData;
import dev.unrolling.plot.Gallery;
import dev.unrolling.settings.Scale;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

class NotebookTest {
  @TempDir Path out;

  @BeforeEach
  void clear() {
    Display.shown().clear();
  }

  private Notebook inKernel(String scale) {
    Optional<Kernel> kernel =
        Kernel.find(
            List.of("no.such.Display", Display.class.getName()),
            Set.of(Display.class.getClassLoader()));
    assertTrue(kernel.isPresent());
    return Notebook.open(
        "04-test",
        Map.of("UNROLLING_SCALE", scale, "UNROLLING_OUT", out.toString()),
        kernel,
        System.out);
  }

  private static DisplayData last() {
    return Display.shown().get(Display.shown().size() - 1);
  }

  private static String lastShown() {
    return html(last());
  }

  private static String html(DisplayData shown) {
    return String.valueOf(shown.data().get("text/html"));
  }

  @Test
  void whatComputesIsShownAndKept() throws Exception {
    Notebook notebook = inKernel("smoke");
    notebook.uses(Engines.open("torch", "cpu", Precision.FLOAT64), 0, 7);
    assertTrue(lastShown().contains("LibTorch"), lastShown());
    assertTrue(lastShown().contains("seeds 0, 7"), lastShown());
    JsonNode kept =
        new ObjectMapper().readTree(out.resolve("04-test").resolve("notebook.json").toFile());
    assertEquals(7, kept.get("seeds").get(1).asInt());
    assertEquals("cpu", kept.get("device").get(0).asText());
    assertTrue(kept.get("engine").get(0).asText().startsWith("torch"));

    notebook.uses(Engines.open("dl4j", "cpu", Precision.FLOAT64), 7, 9);
    JsonNode both =
        new ObjectMapper().readTree(out.resolve("04-test").resolve("notebook.json").toFile());
    assertTrue(both.get("engine").get(0).asText().startsWith("torch"));
    assertTrue(both.get("engine").get(1).asText().startsWith("dl4j"));
    assertEquals("[0,7,9]", both.get("seeds").toString());
    assertEquals("[\"cpu\"]", both.get("device").toString());
  }

  @Test
  void whatIsKeptIsShownWithItsVerdicts() throws IOException {
    Map<String, String> environment =
        Map.of(
            "UNROLLING_OUT", out.toString(),
            "UNROLLING_TABLES", Path.of("../../notebooks/results").toString());
    Notebook notebook = Notebook.open("06-x", environment, Optional.empty(), System.out);
    notebook.showKept("E3", "E4");
    Path shown = out.resolve("06-x");
    for (String file : List.of("e3-scratch-desk.png", "e3-desk.csv", "e4-checkpoints-desk.png")) {
      assertTrue(Files.isRegularFile(shown.resolve(file)), file);
    }
    List<String> verdicts = Files.readAllLines(shown.resolve("verdicts.csv"));
    assertEquals(9, verdicts.size(), "a header, four of E3 and four of E4");
    assertTrue(verdicts.stream().skip(1).allMatch(line -> line.contains("desk")));
    assertTrue(verdicts.stream().anyMatch(l -> l.startsWith("\"E4, e1\"") && l.contains("holds")));
  }

  @Test
  void theFirstLineSaysWhatRuns() {
    Notebook.open(
        "02-x",
        Map.of("UNROLLING_OUT", out.toString(), "UNROLLING_ENGINE", "dl4j", "OMP_NUM_THREADS", "3"),
        Kernel.find(List.of(Display.class.getName()), Set.of(Display.class.getClassLoader())),
        System.out);
    for (String fact :
        List.of("02-x", "scale quick", "engine dl4j", "3 threads", "unrolling-sgd")) {
      assertTrue(lastShown().contains(fact), fact + " is missing in " + lastShown());
    }
  }

  @Test
  void anUnknownScaleIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> inKernel("huge"));
  }

  @Test
  void aFigureIsShownAndSavedAndNamesASmallScale() throws IOException {
    Notebook notebook = inKernel("quick");
    notebook.show(Gallery.slopes(), "slopes");
    byte[] png = Base64.getDecoder().decode(String.valueOf(last().data().get("image/png")));
    assertEquals(1280, ImageIO.read(new ByteArrayInputStream(png)).getWidth());
    assertEquals(Map.of("width", 640), last().metadata().get("image/png"));
    String plain = String.valueOf(last().data().get("text/plain"));
    assertTrue(plain.contains("20 steps quick scale: "), plain);
    for (String end : List.of("png", "svg", "csv")) {
      assertTrue(Files.isRegularFile(out.resolve("04-test/slopes." + end)), end);
    }
    inKernel("paper").show(Gallery.slopes(), "slopes");
    assertFalse(String.valueOf(last().data().get("text/plain")).contains("scale"));
  }

  @Test
  void aTableIsShownEscapedAndSavedWithAllDigits() throws IOException {
    double[] values = {1.0 / 3, 1e-9, Double.NaN};
    Table table =
        Table.create(
            "t",
            StringColumn.create("<b>name</b>", "a & b", "<script>", "\"q\" 'p'"),
            DoubleColumn.create("v", values));
    inKernel("smoke").show(table, "table");
    String html = lastShown();
    assertFalse(html.contains("<script>") || html.contains("<b>name"), html);
    for (String part :
        List.of(
            "&lt;b&gt;name&lt;/b&gt;",
            "a &amp; b",
            "&quot;q&quot; &#39;p&#39;",
            "0.3333",
            "1.000×10<sup>−9</sup>",
            "–",
            "text-align:right")) {
      assertTrue(html.contains(part), part + " is missing in " + html);
    }
    List<String> lines = Files.readAllLines(out.resolve("04-test/table.csv"));
    assertEquals(Double.toString(1.0 / 3), lines.get(1).substring(lines.get(1).indexOf(',') + 1));
  }

  @Test
  void aLongTableIsCutOnScreenOnly() throws IOException {
    Table table = Table.create("t", DoubleColumn.create("v", new double[100]));
    inKernel("smoke").show(table, "long");
    assertTrue(lastShown().contains("and 70 more rows in"), lastShown());
    assertEquals(101, Files.readAllLines(out.resolve("04-test/long.csv")).size());
  }

  @Test
  void aTableAndAFigureOfOneNameAreRefusedBeforeAnythingIsWritten() throws IOException {
    Notebook notebook = inKernel("smoke");
    Table table = Table.create("t", DoubleColumn.create("v", 1.0));
    notebook.show(table, "e8");
    byte[] kept = Files.readAllBytes(out.resolve("04-test/e8.csv"));
    String refused =
        assertThrows(IllegalArgumentException.class, () -> notebook.show(Gallery.slopes(), "e8"))
            .getMessage();
    assertTrue(refused.startsWith("a figure and a table cannot both be called \"e8\""), refused);
    assertTrue(refused.contains("e8.csv; give one of them another name"), refused);
    assertArrayEquals(kept, Files.readAllBytes(out.resolve("04-test/e8.csv")));
    assertFalse(Files.exists(out.resolve("04-test/e8.png")));

    notebook.show(Gallery.slopes(), "slopes");
    byte[] plotted = Files.readAllBytes(out.resolve("04-test/slopes.csv"));
    assertThrows(IllegalArgumentException.class, () -> notebook.save(table, "slopes"));
    assertThrows(IllegalArgumentException.class, () -> notebook.save(table, "verdicts"));
    assertArrayEquals(plotted, Files.readAllBytes(out.resolve("04-test/slopes.csv")));
  }

  @Test
  void aCellThatRunsAgainReplacesWhatItLeft() throws IOException {
    Notebook notebook = inKernel("smoke");
    notebook.show(Table.create("t", DoubleColumn.create("v", 1.0)), "table");
    notebook.show(Table.create("t", DoubleColumn.create("v", 2.0)), "table");
    assertEquals(List.of("v", "2.0"), Files.readAllLines(out.resolve("04-test/table.csv")));
    notebook.show(Gallery.slopes(), "slopes");
    notebook.show(Gallery.slopes(), "slopes");
  }

  private List<String> verdictLines() throws IOException {
    return Files.readAllLines(out.resolve("04-test/verdicts.csv"));
  }

  @Test
  void aVerdictReplacesThatOfAnEarlierRun() throws IOException {
    Notebook first = inKernel("smoke");
    Verdict slope1 = Verdict.of("2.1b", "slope 1, \"first\"", true, "slope 1.02 in [0.9, 1.1]");
    Verdict slope2 = Verdict.of("2.1b", "slope 2", false, "slope 1.4 outside [1.9, 2.1]");
    first.show(slope1, slope2);
    first.show(Verdict.of("E1", "e ranks settings", true, "rho 0.9"));
    first.show(slope2);
    assertEquals(4, verdictLines().size(), "header and three, each once");

    Notebook second = inKernel("quick");
    second.show(Verdict.of("2.1b", "slope 3 said otherwise", true, "slope 3.0"));
    List<String> lines = verdictLines();
    assertEquals("claim,statement,outcome,evidence,scale", lines.get(0));
    assertEquals("E1,e ranks settings,holds,rho 0.9,smoke", lines.get(1));
    assertEquals("2.1b,slope 3 said otherwise,holds,slope 3.0,quick", lines.get(2));
    assertEquals(3, lines.size());

    second.show(Scale.DESK, Verdict.of("2.1b", "slope 3 said otherwise", false, "slope 2.0"));
    second.show(Scale.DESK, Verdict.of("2.1b", "slope 3 said otherwise", false, "slope 2.1"));
    assertEquals("2.1b,slope 3 said otherwise,holds,slope 3.0,quick", verdictLines().get(2));
    assertEquals("2.1b,slope 3 said otherwise,fails,slope 2.1,desk", verdictLines().get(3));
    assertEquals(4, verdictLines().size(), "each scale has its own");
  }

  @Test
  void verdictsAreToldByWordAndColour() throws IOException {
    inKernel("smoke")
        .show(
            Verdict.of("A", "x < y", true, "1 < 2"),
            Verdict.of("B", "x > y", false, "none"),
            new Verdict("C", "open", Verdict.Outcome.UNDECIDED, "too few"));
    for (String part : List.of("✓ holds", "✗ fails", "? undecided", "x &lt; y", "background:#")) {
      assertTrue(lastShown().contains(part), part + " is missing in " + lastShown());
    }
    assertEquals(4, verdictLines().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"my,notes\n1,2\n", "", "claim,statement\n", "\"", "\u0000\u0001"})
  void aForeignVerdictFileIsMovedAsideAndTheRunGoesOn(String foreign) throws IOException {
    Notebook notebook = inKernel("smoke");
    Path file = out.resolve("04-test/verdicts.csv");
    Files.createDirectories(file.getParent());
    Files.writeString(file, foreign);
    notebook.show(Verdict.of("A", "s", true, "e"));
    Path aside = file.resolveSibling("verdicts.csv.away-1");
    assertEquals(foreign, Files.readString(aside));
    assertEquals(2, verdictLines().size());
    assertTrue(
        Display.shown().stream().map(NotebookTest::html).anyMatch(h -> h.contains("away-1")));
  }

  @Test
  void aFolderOrBytesInPlaceOfTheVerdictsStopNoRun() throws IOException {
    Path file = out.resolve("04-test/verdicts.csv");
    Files.createDirectories(file);
    inKernel("smoke").show(Verdict.of("A", "s", true, "e".repeat(10_000)));
    assertEquals(2, verdictLines().size());
    inKernel("smoke").show(Verdict.of("B", "s", true, "e"));
    assertEquals(3, verdictLines().size(), "a long text is read again");
    Files.write(file, new byte[] {-1, -2, 0, 10});
    inKernel("smoke").show(Verdict.of("C", "s", true, "e"));
    assertEquals(2, verdictLines().size());
    assertTrue(Files.isDirectory(file.resolveSibling("verdicts.csv.away-1")));
    assertEquals(4, Files.size(file.resolveSibling("verdicts.csv.away-2")));
  }

  @Test
  void progressIsOneLineThatEndsWithTheLastWord() {
    Notebook notebook = inKernel("smoke");
    int before = Display.shown().size();
    for (int i = 1; i <= 1000; i++) {
      notebook.progress("step " + i);
    }
    assertEquals(before + 1, Display.shown().size());
    assertTrue(lastShown().contains("step 1<"), lastShown());
    notebook.show(Verdict.of("A", "s", true, "e"));
    assertTrue(html(Display.shown().get(before)).contains("step 1000<"));
  }

  @Test
  void outsideAKernelItPrints() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Notebook notebook =
        Notebook.open("n", Map.of("UNROLLING_OUT", out.toString()), Optional.empty(), stream);
    for (int i = 0; i < 100; i++) {
      notebook.progress("step " + i);
    }
    notebook.show(Gallery.gamma(), "gamma");
    notebook.show(Verdict.of("E2", "s", false, "because"));
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertTrue(text.startsWith("n · scale quick"), text);
    assertEquals(2, text.split("step ", -1).length - 1, "the first and the last word");
    assertTrue(text.contains("gamma.png") && text.contains("E2 fails: because"), text);
    assertTrue(Kernel.find().isEmpty(), "no kernel runs the tests");
  }
}
