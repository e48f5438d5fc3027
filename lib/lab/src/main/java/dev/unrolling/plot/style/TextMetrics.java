package dev.unrolling.plot.style;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.List;

/**
 * Text as outlines: a picture looks the same whatever fonts its reader has, on screen and in SVG.
 * Lengths are in logical pixels.
 */
public final class TextMetrics {
  private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

  /** Where a text lies with respect to the x it is painted at. */
  public enum Align {
    LEFT(0),
    CENTRE(0.5),
    RIGHT(1);

    private final double share;

    Align(double share) {
      this.share = share;
    }
  }

  private TextMetrics() {}

  public static double width(String text, Font font) {
    return text.isEmpty() ? 0 : new TextLayout(text, font, CONTEXT).getAdvance();
  }

  /** The font, smaller if the text is wider in it than asked. */
  public static Font fit(String text, Font font, double maximum) {
    double width = width(text, font);
    return width <= maximum ? font : font.deriveFont((float) (font.getSize2D() * maximum / width));
  }

  /** Height of a capital letter: what a text is centred by. */
  public static double capHeight(Font font) {
    return new TextLayout("H", font, CONTEXT).getBounds().getHeight();
  }

  public static void paint(
      Graphics2D g, String text, Font font, Color colour, double x, double baseline, Align align) {
    if (text.isBlank()) {
      return;
    }
    double left = x - align.share * width(text, font);
    g.setColor(colour);
    g.fill(
        new TextLayout(text, font, CONTEXT)
            .getOutline(AffineTransform.getTranslateInstance(left, baseline)));
  }

  /** Paints a text that reads upwards, its middle at {@code centreY}. */
  public static void paintUpwards(
      Graphics2D g, String text, Font font, Color colour, double baselineX, double centreY) {
    if (text.isBlank()) {
      return;
    }
    AffineTransform turn = AffineTransform.getTranslateInstance(baselineX, centreY);
    turn.rotate(-Math.PI / 2);
    turn.translate(-width(text, font) / 2, 0);
    g.setColor(colour);
    g.fill(new TextLayout(text, font, CONTEXT).getOutline(turn));
  }

  /** Breaks a text at spaces into lines no wider than asked; a longer word keeps its own line. */
  public static List<String> wrap(String text, Font font, double maximum) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split("\\s+")) {
      String longer = line.isEmpty() ? word : line + " " + word;
      if (!line.isEmpty() && width(longer, font) > maximum) {
        lines.add(line.toString());
        line.setLength(0);
        line.append(word);
      } else {
        line.setLength(0);
        line.append(longer);
      }
    }
    if (!line.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }
}
