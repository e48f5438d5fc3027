package dev.unrolling.plot;

import dev.unrolling.data.AtomicFile;
import dev.unrolling.plot.style.EmbeddedImages;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvWriteOptions;

/** Writes figures and tables to files. */
public final class FigureWriter {
  /** 300 dots an inch. */
  private static final int DOTS_PER_METRE = 11811;

  /** 3.5 and 7.2 inches at 300 dots an inch; a column is laid out for this logical width. */
  private static final int COLUMN_PIXELS = 1050;

  private static final int PAGE_PIXELS = 2160;
  private static final int COLUMN_WIDTH = 400;

  private static final String SVG = "http://www.w3.org/2000/svg";
  private static final String PNG_FORMAT = "javax_imageio_png_1.0";

  private FigureWriter() {}

  static Figure.Files save(Figure figure, Path folder, String name) {
    checkName(name);
    Figure.Files files =
        new Figure.Files(
            folder.resolve(name + ".png"),
            folder.resolve(name + ".svg"),
            folder.resolve(name + ".csv"));
    AtomicFile.write(files.png(), out -> writePng(figure.image(Figure.PIXELS), out));
    AtomicFile.write(files.svg(), out -> writeSvg(figure, out));
    saveCsv(figure.data(), files.csv());
    return files;
  }

  static void saveForPrint(Figure figure, Path folder, String name) {
    checkName(name);
    savePrint(figure.atWidth(COLUMN_WIDTH), COLUMN_PIXELS, folder, name + "-column");
    savePrint(figure, PAGE_PIXELS, folder, name + "-page");
    saveCsv(figure.data(), folder.resolve(name + ".csv"));
  }

  private static void savePrint(Figure figure, int pixels, Path folder, String name) {
    double scale = (double) pixels / figure.width();
    AtomicFile.write(folder.resolve(name + ".png"), out -> writePng(figure.image(scale), out));
    AtomicFile.write(folder.resolve(name + ".svg"), out -> writeSvg(figure, out));
  }

  public static void checkName(String name) {
    if (!name.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is no name for a file; take letters, digits and . _ -");
    }
  }

  /** Writes a table; doubles are written so that reading them back gives the same bits. */
  public static void saveCsv(Table table, Path file) {
    StringWriter text = new StringWriter();
    table.write().usingOptions(CsvWriteOptions.builder(text).build());
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  public static void writePng(BufferedImage image, OutputStream out) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(
              ImageTypeSpecifier.createFromRenderedImage(image), writer.getDefaultWriteParam());
      IIOMetadataNode size = new IIOMetadataNode("pHYs");
      size.setAttribute("pixelsPerUnitXAxis", Integer.toString(DOTS_PER_METRE));
      size.setAttribute("pixelsPerUnitYAxis", Integer.toString(DOTS_PER_METRE));
      size.setAttribute("unitSpecifier", "meter");
      IIOMetadataNode root = new IIOMetadataNode(PNG_FORMAT);
      root.appendChild(size);
      metadata.mergeTree(PNG_FORMAT, root);
      writer.setOutput(stream);
      writer.write(new IIOImage(image, List.of(), metadata));
    } finally {
      writer.dispose();
    }
  }

  private static void writeSvg(Figure figure, OutputStream out) throws IOException {
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(emptyDocument());
    context.setComment("");
    context.setGenericImageHandler(new EmbeddedImages());
    SVGGraphics2D g = new SVGGraphics2D(context, true);
    g.setSVGCanvasSize(new Dimension(figure.width(), figure.height()));
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, figure.width(), figure.height());
    figure.paint(g);
    Element root = g.getRoot();
    root.setAttribute("viewBox", "0 0 " + figure.width() + " " + figure.height());
    addTitle(root, figure.title());
    OutputStreamWriter text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    g.stream(root, text, true, false);
    text.flush();
  }

  private static Document emptyDocument() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument(SVG, "svg", null);
    } catch (ParserConfigurationException broken) {
      throw new IllegalStateException("this Java has no XML parser", broken);
    }
  }

  private static void addTitle(Element root, String title) {
    Element element = root.getOwnerDocument().createElementNS(SVG, "title");
    element.setTextContent(title.replace('\n', ' '));
    root.insertBefore(element, root.getFirstChild());
  }
}
