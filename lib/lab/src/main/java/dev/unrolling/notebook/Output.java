package dev.unrolling.notebook;

import dev.unrolling.plot.FigureWriter;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Map;

/**
 * One thing to show, in more than one form: a reader takes the richest that it knows.
 *
 * @param plain as text, always there
 * @param type MIME type of the rich form
 * @param content the rich form, binary ones in base 64
 * @param metadata of the rich form
 */
record Output(String plain, String type, String content, Map<String, Object> metadata) {

  static Output html(String plain, String html) {
    return new Output(plain, "text/html", html, Map.of());
  }

  /** A picture with more than one pixel a logical pixel, shown at its logical width. */
  static Output png(String plain, BufferedImage image, int logicalWidth) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      FigureWriter.writePng(image, bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException("writing to memory failed", impossible);
    }
    String content = Base64.getEncoder().encodeToString(bytes.toByteArray());
    return new Output(plain, "image/png", content, Map.of("width", logicalWidth));
  }
}
