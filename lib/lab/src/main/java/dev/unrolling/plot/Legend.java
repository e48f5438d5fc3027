package dev.unrolling.plot;

import dev.unrolling.plot.style.Dashes;
import dev.unrolling.plot.style.HouseStyle;
import dev.unrolling.plot.style.TextMetrics;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The names of a plot's series, below it, in as many rows as they need. */
final class Legend {
  private static final double SAMPLE = 34;
  private static final double GAP = 7;
  private static final double SPACE = 18;
  private static final double ROW = 20;

  /**
   * How a series looks.
   *
   * @param index what colour, marker and dashes it takes; unused for grey helps
   */
  record Entry(String name, Series.Kind kind, int index) {
    double sample() {
      return kind == Series.Kind.POINTS || kind == Series.Kind.ERROR_BARS ? 14 : SAMPLE;
    }

    double width() {
      return sample() + GAP + TextMetrics.width(name, HouseStyle.TICK);
    }
  }

  private record Placed(Entry entry, double x, int row) {}

  private final List<Placed> placed = new ArrayList<>();
  private final double width;

  Legend(List<Entry> entries, double width) {
    this.width = width;
    double x = 0;
    int row = 0;
    for (Entry entry : entries) {
      if (x > 0 && x + entry.width() > width) {
        x = 0;
        row++;
      }
      placed.add(new Placed(entry, x, row));
      x += entry.width() + SPACE;
    }
  }

  /** Entries of all series that have a name and are not labelled in the plot. */
  static List<Entry> entries(List<Series> series) {
    return IntStream.range(0, series.size())
        .filter(i -> series.get(i).kind() != Series.Kind.VERTICAL)
        .filter(i -> !series.get(i).name().isBlank())
        .mapToObj(i -> new Entry(name(series.get(i)), series.get(i).kind(), index(series, i)))
        .toList();
  }

  private static String name(Series series) {
    boolean shown =
        series.kind() == Series.Kind.HORIZONTAL
            || IntStream.range(0, series.xs().length).anyMatch(series::isDrawable);
    return shown ? series.name() : series.name() + " (no finite values)";
  }

  /** Place of a series among those that take a colour, or among those that do not. */
  static int index(List<Series> series, int position) {
    boolean measured = series.get(position).kind().isMeasured();
    return (int)
        series.subList(0, position).stream()
            .filter(one -> one.kind().isMeasured() == measured)
            .filter(one -> one.kind() != Series.Kind.VERTICAL)
            .count();
  }

  double height() {
    return placed.isEmpty() ? 0 : 8 + ROW * (1 + placed.get(placed.size() - 1).row());
  }

  void paint(Graphics2D g, double left, double top) {
    for (Placed one : placed) {
      double middle = top + 8 + ROW * one.row() + ROW / 2;
      double x = left + one.x();
      paintSample(g, one.entry(), x, middle);
      double baseline = middle + TextMetrics.capHeight(HouseStyle.TICK) / 2;
      TextMetrics.paint(
          g,
          one.entry().name(),
          TextMetrics.fit(one.entry().name(), HouseStyle.TICK, width - one.entry().sample() - GAP),
          HouseStyle.INK,
          x + one.entry().sample() + GAP,
          baseline,
          TextMetrics.Align.LEFT);
    }
  }

  private static void paintSample(Graphics2D g, Entry entry, double x, double middle) {
    SeriesStyle look = SeriesStyle.of(entry.kind(), entry.index());
    double sample = entry.sample();
    if (entry.kind() == Series.Kind.BAND) {
      g.setColor(HouseStyle.translucent(look.colour(), SeriesStyle.BAND_OPACITY));
      g.fill(new Rectangle2D.Double(x, middle - 6, sample, 12));
    }
    g.setColor(look.colour());
    g.setStroke(HouseStyle.stroke(look.lineWidth()));
    if (entry.kind() == Series.Kind.ERROR_BARS) {
      g.draw(new Line2D.Double(x + sample / 2, middle - 8, x + sample / 2, middle + 8));
    } else if (entry.kind() != Series.Kind.POINTS) {
      double[][] dashes =
          Dashes.cut(new double[][] {{x, x + sample}, {middle, middle}}, look.dashes());
      for (int i = 1; i < dashes[0].length; i++) {
        if (!Double.isNaN(dashes[0][i]) && !Double.isNaN(dashes[0][i - 1])) {
          g.draw(new Line2D.Double(dashes[0][i - 1], middle, dashes[0][i], middle));
        }
      }
    }
    if (entry.kind().isMeasured()) {
      g.setColor(look.colour());
      look.marker().paint(g, x + sample / 2, middle, HouseStyle.MARKER_SIZE);
    }
  }
}
