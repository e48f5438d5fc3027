package dev.unrolling.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.AtomicFile;
import dev.unrolling.plot.style.HouseStyle;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageInputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvReadOptions;

class FigureTest {
  @TempDir Path folder;

  static Stream<String> kinds() {
    return Gallery.figures().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void eachKindIsSavedThreeTimes(String kind) throws Exception {
    Figure figure = Gallery.figures().get(kind);
    Figure.Files files = figure.save(folder, kind);

    BufferedImage image = ImageIO.read(files.png().toFile());
    assertEquals(2 * figure.width(), image.getWidth());
    assertEquals(2 * figure.height(), image.getHeight());
    assertTrue(inkShare(image) > 0.005, "blank");
    assertEquals(0xFFFFFFFF, image.getRGB(0, 0), "not on white");

    Element root = svg(files.svg()).getDocumentElement();
    assertEquals("svg", root.getLocalName());
    assertEquals("0 0 " + figure.width() + " " + figure.height(), root.getAttribute("viewBox"));
    assertTrue(root.getElementsByTagNameNS("*", "path").getLength() > 10, "nearly empty");

    assertEquals(figure.data().rowCount(), Files.readAllLines(files.csv()).size() - 1);
    try (Stream<Path> all = Files.list(folder)) {
      assertEquals(3, all.count(), "something else was left");
    }
  }

  private static double inkShare(BufferedImage image) {
    long ink = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        ink += (image.getRGB(x, y) >> 8 & 0xFF) < 0x90 ? 1 : 0;
      }
    }
    return (double) ink / image.getWidth() / image.getHeight();
  }

  private static Document svg(Path file) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    try (InputStream in = Files.newInputStream(file)) {
      return factory.newDocumentBuilder().parse(in);
    }
  }

  @Test
  void noTwoSeriesLookAlike() {
    Set<List<Object>> points = new HashSet<>();
    Set<List<Object>> lines = new HashSet<>();
    for (int i = 0; i < 42; i++) {
      assertTrue(points.add(List.of(HouseStyle.colour(i), HouseStyle.marker(i))), "points " + i);
      String dashes = Arrays.toString(HouseStyle.dashes(i));
      assertTrue(lines.add(List.of(HouseStyle.colour(i), dashes)), "lines " + i);
    }
  }

  @Test
  void csvHoldsExactlyThePlottedNumbers() {
    double[] xs = {1.0 / 3, 2.0 / 3, 1e-17, Math.nextUp(1.0)};
    double[] ys = {Math.PI, -1e-300, 123456789.123456789, 0.1 + 0.2};
    double[] low = {3, -1, 1, 0};
    double[] high = {4, 1.0 / 7, 2e8, 1};
    Figure figure =
        Figure.lines("t", "x", "y")
            .series("a, \"quoted\"", xs, ys)
            .band("b", xs, ys, low, high, "")
            .verticalLine("γ_c", 28.5);
    Table read = read(figure.save(folder, "numbers").csv());

    assertEquals(List.of("series", "x", "y", "low", "high"), read.columnNames());
    Table first = read.first(4);
    assertEquals("a, \"quoted\"", first.stringColumn("series").get(0));
    assertArrayEquals(xs, first.doubleColumn("x").asDoubleArray());
    assertArrayEquals(ys, first.doubleColumn("y").asDoubleArray());
    assertEquals(4, first.doubleColumn("low").countMissing());
    Table second = read.inRange(4, 8);
    assertArrayEquals(low, second.doubleColumn("low").asDoubleArray());
    assertArrayEquals(high, second.doubleColumn("high").asDoubleArray());
    assertEquals(28.5, read.doubleColumn("x").get(8));
    assertTrue(read.doubleColumn("y").isMissing(8));
  }

  private static Table read(Path csv) {
    ColumnType number = ColumnType.DOUBLE;
    return Table.read()
        .usingOptions(
            CsvReadOptions.builder(csv.toFile())
                .columnTypes(new ColumnType[] {ColumnType.STRING, number, number, number, number})
                .build());
  }

  @Test
  void panelsKeepTheirNumbersApart() {
    Plot one = Figure.lines("one", "x", "y").series("s", new double[] {1}, new double[] {2});
    Plot two =
        Figure.lines("two", "x", "y")
            .errorBars(
                "s", new double[] {3}, new double[] {4}, new double[] {3}, new double[] {5}, "");
    Table data = Figure.panels(2, one, two).data();
    assertEquals(List.of("panel", "series", "x", "y", "low", "high"), data.columnNames());
    assertEquals(List.of("one", "two"), data.stringColumn("panel").asList());
    assertEquals(4, data.doubleColumn("y").get(1));
    assertTrue(data.doubleColumn("low").isMissing(0));
  }

  @Test
  void aSpreadSaysWhatItIsOver() {
    Table runs =
        Table.create(
            "runs",
            LongColumn.create("seed", 0, 1, 2, 0, 1),
            DoubleColumn.create("x", 1, 1, 1, 2, 2),
            DoubleColumn.create("y", 5, 6, 10, 3, 4));
    Spread spread = Spread.of(runs, "x", "y");
    assertArrayEquals(new double[] {7, 3.5}, spread.mean());
    assertArrayEquals(new double[] {5, 3}, spread.low());
    assertArrayEquals(new double[] {10, 4}, spread.high());
    assertEquals("mean and range over 2 to 3 seeds", spread.meaning());
    assertEquals("mean and range over 2 seeds", Spread.of(runs.last(2), "x", "y").meaning());
    assertEquals("", Spread.of(runs.first(1), "x", "y").meaning(), "one value has no range");
    runs.removeColumns("seed");
    assertEquals("mean and range over 2 to 3 runs", Spread.of(runs, "x", "y").meaning());
  }

  @Test
  void whatBandsAreIsSaidOnceBelowAllPanels() {
    double[] one = {1};
    double[] two = {2};
    Plot plain = Figure.lines("t", "x", "y").band("s", one, one, one, two, "");
    Plot three = Figure.lines("t", "x", "y").band("s", one, one, one, two, "over 3 seeds");
    Plot five = Figure.lines("t", "x", "y").band("s", one, one, one, two, "over 5 seeds");
    assertEquals(
        "over 3 seeds", Series.spreads(three.band("r", one, one, one, two, "over 3 seeds").all()));
    int line = (int) PlotPainter.NOTE_ROW;
    assertEquals(plain.height() + line, three.height());
    int silent = Figure.panels(1, plain, plain).height();
    assertEquals(silent + line, Figure.panels(1, three, three).height(), "once for both");
    assertEquals(silent + 2 * line, Figure.panels(1, three, five).height(), "each its own");
    assertEquals(silent + line, Figure.panels(1, three, plain).height(), "not for the second");
  }

  @Test
  void whatIsNotFiniteIsAGap() {
    double[] ys = {1, Double.NaN, Double.POSITIVE_INFINITY, 2, Double.NEGATIVE_INFINITY};
    Plot plot = Figure.lines("t", "x", "y").series("s", new double[] {0, 1, 2, 3, 4}, ys);
    assertEquals(3, plot.data().doubleColumn("y").countMissing());
    assertEquals(2, plot.data().doubleColumn("y").max());
    assertTrue(inkShare(plot.image(1)) > 0.001);
    // A gap is told of: the figure grows by a line.
    Plot whole = Figure.lines("t", "x", "y").series("s", new double[] {0}, new double[] {1});
    assertTrue(plot.height() > whole.height());
  }

  @ParameterizedTest
  @MethodSource("extremes")
  void noValuesCrashADrawing(double[] ys) {
    double[] xs = new double[ys.length];
    for (int i = 0; i < xs.length; i++) {
      xs[i] = i;
    }
    Figure.lines("t", "x", "y").series("s", xs, ys).image(1);
    Figure.scatter("t", "y", "x").series("s", ys, xs).image(1);
    Figure.lines("t", "x", "y")
        .band("s", xs, ys, ys, ys, "")
        .errorBars("e", xs, ys, ys, ys, "")
        .image(1);
  }

  static Stream<double[]> extremes() {
    return Stream.of(
        new double[] {},
        new double[] {0},
        new double[] {0, 0, 0},
        new double[] {5, 5},
        new double[] {1e-320, 2e-320},
        new double[] {1e-12, 3e-12},
        new double[] {1e12, 1e12 + 1},
        new double[] {-1e299, 1e299},
        new double[] {Double.MAX_VALUE, -Double.MAX_VALUE},
        new double[] {Double.NaN, Double.NaN});
  }

  @Test
  void aLogarithmicAxisRefusesZero() {
    Plot plot =
        Figure.lines("t", "x", "y").series("v at γ", new double[] {0, 1}, new double[] {1, -2});
    IllegalArgumentException onX = assertThrows(IllegalArgumentException.class, plot::logX);
    assertTrue(onX.getMessage().contains("\"v at γ\" has x = 0.0 (point 0)"), onX.getMessage());
    IllegalArgumentException onY = assertThrows(IllegalArgumentException.class, plot::logY);
    assertTrue(onY.getMessage().contains("y = -2.0 (point 1)"), onY.getMessage());
    assertTrue(onY.getMessage().contains("keep the y axis linear"), onY.getMessage());
    Plot empty = Figure.lines("t", "x", "y").logY();
    assertThrows(
        IllegalArgumentException.class,
        () -> empty.series("later", new double[] {1}, new double[] {0}));
    // A spread that reaches below 0 is drawn to the edge.
    double[] one = {1};
    empty.band("b", one, one, new double[] {-1}, new double[] {2}, "").image(1);
  }

  @Test
  void seriesOfUnequalLengthsAreRefused() {
    Plot plot = Figure.lines("t", "x", "y");
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> plot.series("s", new double[] {1, 2}, new double[] {1}));
    assertTrue(refused.getMessage().contains("2 x values and 1 y values"), refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Figure.images("t", List.of(), List.of(), 3));
    assertThrows(IllegalArgumentException.class, () -> Figure.panels(2));
  }

  @Test
  void aLineGoesWhereItsNumbersAre() {
    // A line along the upper edge of the range, and one along the lower: the pixels tell.
    BufferedImage image =
        Figure.lines("", "", "")
            .xLimits(0, 1)
            .yLimits(0, 1)
            .series("", new double[] {0, 1}, new double[] {0.25, 0.25})
            .image(1);
    int blue = 0x0072B2;
    long[] rows = new long[image.getHeight()];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        rows[y] += (image.getRGB(x, y) & 0xFFFFFF) == blue ? 1 : 0;
      }
    }
    int top = 0;
    while ((image.getRGB(image.getWidth() / 2, top) & 0xFF) > 0xC0) {
      top++;
    }
    int expected = top + (int) Math.round(0.75 * HouseStyle.PLOT_HEIGHT);
    assertTrue(rows[expected] > 500, "the line is not at a quarter of the height");
    assertEquals(0, rows[expected + 8]);
  }

  @Test
  void smallPicturesStaySharp() throws Exception {
    Figure figure = Gallery.images(1, 8);
    Path svg = figure.save(folder, "sharp").svg();
    Element embedded = (Element) svg(svg).getElementsByTagNameNS("*", "image").item(0);
    String data = embedded.getAttributeNS("http://www.w3.org/1999/xlink", "href");
    byte[] png = Base64.getDecoder().decode(data.substring(data.indexOf(',') + 1));
    assertEquals(4 * 32, ImageIO.read(new ByteArrayInputStream(png)).getWidth());
    assertTrue(embedded.getAttribute("style").contains("image-rendering:optimizeSpeed"));
  }

  @Test
  void pngSaysThreeHundredDotsAnInch() throws Exception {
    Path png = Gallery.slopes().save(folder, "dots").png();
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(png.toFile())) {
      reader.setInput(in);
      IIOMetadata metadata = reader.getImageMetadata(0);
      Element root = (Element) metadata.getAsTree("javax_imageio_png_1.0");
      Element size = (Element) root.getElementsByTagName("pHYs").item(0);
      assertEquals("11811", size.getAttribute("pixelsPerUnitXAxis"));
    } finally {
      reader.dispose();
    }
  }

  @Test
  void savingTwiceReplacesAndAFailureLeavesTheOldFile() throws IOException {
    Gallery.slopes().save(folder, "same");
    byte[] first = Files.readAllBytes(folder.resolve("same.png"));
    Gallery.slopes().save(folder, "same");
    assertArrayEquals(first, Files.readAllBytes(folder.resolve("same.png")), "not reproducible");
    Gallery.gamma().save(folder, "same");
    Path csv = folder.resolve("same.csv");
    byte[] old = Files.readAllBytes(csv);

    UncheckedIOException failed =
        assertThrows(
            UncheckedIOException.class,
            () ->
                AtomicFile.write(
                    csv,
                    out -> {
                      out.write(1);
                      throw new IOException("no space left on device");
                    }));
    assertTrue(failed.getMessage().contains("same.csv"), failed.getMessage());
    assertArrayEquals(old, Files.readAllBytes(csv));
    try (Stream<Path> all = Files.list(folder)) {
      assertEquals(3, all.count(), "a half-written file was left");
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void nothingTouchesTheEdge(String kind) {
    BufferedImage image = Gallery.figures().get(kind).image(1);
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        boolean edge = x < 4 || y < 4 || x >= image.getWidth() - 4 || y >= image.getHeight() - 4;
        if (edge) {
          assertEquals(0xFFFFFFFF, image.getRGB(x, y), "ink at " + x + ", " + y);
        }
      }
    }
  }

  @Test
  void aNameThatLeavesTheFolderIsRefused() {
    Plot plot = Gallery.slopes();
    for (String name : List.of("../up", "", "a b", ".hidden")) {
      assertThrows(IllegalArgumentException.class, () -> plot.save(folder, name), name);
    }
  }
}
