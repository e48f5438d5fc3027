package dev.unrolling.plot.style;

import java.awt.Font;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.List;

/**
 * A title: its first line bold, those after it smaller and grey, broken where they are too long.
 */
public final class Heading {
  private static final double LEAD = 1.35;

  private record Line(String text, Font font, boolean first) {}

  private final List<Line> lines = new ArrayList<>();

  public Heading(String title, double width) {
    String[] parts = title.split("\n");
    for (int i = 0; i < parts.length; i++) {
      boolean first = i == 0;
      Font font = first ? HouseStyle.TITLE : HouseStyle.SUBTITLE;
      if (!parts[i].isBlank()) {
        TextMetrics.wrap(parts[i], font, width)
            .forEach(text -> lines.add(new Line(text, font, first)));
      }
    }
  }

  public static String join(String title, String note) {
    return title.isBlank() ? note : title + "\n" + note;
  }

  public double height() {
    return lines.isEmpty()
        ? 0
        : 6 + lines.stream().mapToDouble(line -> line.font().getSize() * LEAD).sum();
  }

  public void paint(Graphics2D g, double x, double top) {
    double y = top;
    for (Line line : lines) {
      y += line.font().getSize() * LEAD;
      TextMetrics.paint(
          g,
          line.text(),
          line.font(),
          line.first() ? HouseStyle.INK : HouseStyle.FAINT_INK,
          x,
          y - 3,
          TextMetrics.Align.LEFT);
    }
  }
}
