package dev.unrolling.plot;

import dev.unrolling.plot.style.Heading;
import dev.unrolling.plot.style.HouseStyle;
import dev.unrolling.plot.style.TextMetrics;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Lays out one plot (heading, marks, axes, legend, note) and paints it. */
final class PlotPainter {
  private static final double EDGE = 12;
  private static final int X_TICKS = 7;
  private static final int Y_TICKS = 7;
  private static final int DECADES = 9;
  private static final double MARK_ROW = 18;

  /** Height of a line of notes. */
  static final double NOTE_ROW = 19;

  private final Plot plot;
  private final Axis x;
  private final Axis y;
  private final List<Axis.Tick> xTicks;
  private final List<Axis.Tick> yTicks;
  private final Heading heading;
  private final double headingHeight;
  private final List<Mark> marks;
  private final Legend legend;
  private final List<String> notes;
  private final double width;
  private final double left;
  private final int plotWidth;

  /** A labelled vertical line: its label's centre and the row it stands in, from the plot up. */
  private record Mark(Series line, double centre, int row) {}

  PlotPainter(Plot plot, double width) {
    this(plot, width, 0, true, true);
  }

  /**
   * A painter of a panel among others.
   *
   * @param leastHeading height kept for the heading at least, so that panels in a row line up
   * @param legend whether the plot shows its own legend
   * @param spreads whether the plot says what its own bands and bars are
   */
  PlotPainter(Plot plot, double width, double leastHeading, boolean legend, boolean spreads) {
    this.plot = plot;
    this.width = width;
    x = plot.xAxis();
    y = plot.yAxis();
    yTicks = y.ticks(y.logarithmic() ? DECADES : Y_TICKS);
    xTicks = x.ticks(width < HouseStyle.WIDTH ? X_TICKS - 2 : X_TICKS);
    double labels = yTicks.stream().mapToDouble(PlotPainter::labelWidth).max().orElse(0);
    left = Math.ceil(EDGE + HouseStyle.LABEL.getSize() + 8 + labels + 7);
    plotWidth =
        (int)
            xTicks.stream().mapToDouble(this::widestFor).reduce(width - left - EDGE - 6, Math::min);
    heading = new Heading(plot.title(), width - 2 * EDGE);
    headingHeight = Math.max(heading.height(), leastHeading);
    marks = marks();
    List<Legend.Entry> entries = legend ? Legend.entries(plot.all()) : List.of();
    this.legend = new Legend(entries, width - 2 * EDGE);
    long gaps = plot.all().stream().mapToLong(Series::gaps).sum();
    notes =
        Stream.of(
                spreads ? Series.spreads(plot.all()) : "",
                gaps == 0
                    ? ""
                    : gaps + (gaps == 1 ? " point is" : " points are") + " not finite: gaps")
            .filter(note -> !note.isEmpty())
            .flatMap(note -> TextMetrics.wrap(note, HouseStyle.SUBTITLE, width - 2 * EDGE).stream())
            .toList();
  }

  private static double labelWidth(Axis.Tick tick) {
    return TextMetrics.width(tick.label(), HouseStyle.TICK);
  }

  /** The widest plot at which a number below the x axis does not reach over the panel's end. */
  private double widestFor(Axis.Tick tick) {
    double room = width - left - EDGE / 2 - labelWidth(tick) / 2;
    return room / Math.max(x.place(tick.value()), 1e-3);
  }

  double headingHeight() {
    return heading.height();
  }

  double height() {
    return bottom() + legend.height() + notes.size() * NOTE_ROW + EDGE;
  }

  private double top() {
    int rows = marks.stream().mapToInt(mark -> mark.row() + 1).max().orElse(0);
    double multiplier = y.multiplier().isEmpty() ? 0 : MARK_ROW;
    return Math.ceil(EDGE + headingHeight + Math.max(rows * MARK_ROW, multiplier) + 4);
  }

  /** Where the axes' lettering ends. */
  private double bottom() {
    double frame = top() + HouseStyle.PLOT_HEIGHT + 2 * 8;
    return frame + HouseStyle.TICK.getSize() + HouseStyle.LABEL.getSize() * 1.4;
  }

  private List<Mark> marks() {
    List<Mark> placed = new ArrayList<>();
    for (Series line : plot.all()) {
      if (line.kind() != Series.Kind.VERTICAL || Double.isNaN(line.xs()[0])) {
        continue;
      }
      double half = TextMetrics.width(line.name(), HouseStyle.TICK) / 2;
      double at = left + x.place(line.xs()[0]) * plotWidth;
      double centre = Math.max(left + half, Math.min(left + plotWidth - half, at));
      int row = 0;
      while (isTaken(placed, row, centre, half)) {
        row++;
      }
      placed.add(new Mark(line, centre, row));
    }
    return placed;
  }

  private static boolean isTaken(List<Mark> placed, int row, double centre, double half) {
    return placed.stream()
        .filter(mark -> mark.row() == row)
        .anyMatch(
            mark ->
                Math.abs(mark.centre() - centre)
                    < half + TextMetrics.width(mark.line().name(), HouseStyle.TICK) / 2 + 8);
  }

  void paint(Graphics2D g) {
    heading.paint(g, EDGE, EDGE);
    AffineTransform before = g.getTransform();
    g.translate(left, top());
    paintGrid(g);
    new SeriesPainter(plot.all(), x, y, plotWidth, HouseStyle.PLOT_HEIGHT).paint(g);
    paintFrame(g);
    paintLabels(g);
    g.setTransform(before);
    for (Mark mark : marks) {
      double baseline = top() - 6 - MARK_ROW * mark.row();
      TextMetrics.paint(
          g,
          mark.line().name(),
          HouseStyle.TICK,
          HouseStyle.INK,
          mark.centre(),
          baseline,
          TextMetrics.Align.CENTRE);
    }
    legend.paint(g, EDGE, bottom());
    paintNotes(g, notes, EDGE, bottom() + legend.height());
  }

  /** Paints lines of small grey text below a legend, {@value #NOTE_ROW} each. */
  static void paintNotes(Graphics2D g, List<String> notes, double x, double top) {
    for (int i = 0; i < notes.size(); i++) {
      TextMetrics.paint(
          g,
          notes.get(i),
          HouseStyle.SUBTITLE,
          HouseStyle.FAINT_INK,
          x,
          top + i * NOTE_ROW + HouseStyle.SUBTITLE.getSize(),
          TextMetrics.Align.LEFT);
    }
  }

  private void paintGrid(Graphics2D g) {
    g.setStroke(HouseStyle.stroke(1));
    for (boolean major : new boolean[] {false, true}) {
      g.setColor(major ? HouseStyle.GRID : HouseStyle.MINOR_GRID);
      for (Axis.Tick tick : xTicks) {
        if (tick.isMajor() == major) {
          double at = x.place(tick.value()) * plotWidth;
          g.draw(new Line2D.Double(at, 0, at, HouseStyle.PLOT_HEIGHT));
        }
      }
      for (Axis.Tick tick : yTicks) {
        if (tick.isMajor() == major) {
          double at = height(tick);
          g.draw(new Line2D.Double(0, at, plotWidth, at));
        }
      }
    }
  }

  private double height(Axis.Tick tick) {
    return (1 - y.place(tick.value())) * HouseStyle.PLOT_HEIGHT;
  }

  private void paintFrame(Graphics2D g) {
    g.setStroke(HouseStyle.stroke(1));
    g.setColor(HouseStyle.AXIS);
    g.draw(new Rectangle2D.Double(0, 0, plotWidth, HouseStyle.PLOT_HEIGHT));
    for (Axis.Tick tick : xTicks) {
      double at = x.place(tick.value()) * plotWidth;
      double end = HouseStyle.PLOT_HEIGHT + (tick.isMajor() ? 5 : 3);
      g.draw(new Line2D.Double(at, HouseStyle.PLOT_HEIGHT, at, end));
    }
    for (Axis.Tick tick : yTicks) {
      g.draw(new Line2D.Double(tick.isMajor() ? -5 : -3, height(tick), 0, height(tick)));
    }
  }

  private void paintLabels(Graphics2D g) {
    double tickHeight = TextMetrics.capHeight(HouseStyle.TICK);
    double baseline = HouseStyle.PLOT_HEIGHT + 8 + HouseStyle.TICK.getSize();
    for (Axis.Tick tick : xTicks) {
      double at = x.place(tick.value()) * plotWidth;
      paintTick(g, tick.label(), at, baseline, TextMetrics.Align.CENTRE);
    }
    for (Axis.Tick tick : yTicks) {
      paintTick(g, tick.label(), -8, height(tick) + tickHeight / 2, TextMetrics.Align.RIGHT);
    }
    paintTick(g, y.multiplier(), 0, -7, TextMetrics.Align.RIGHT);
    double titleBaseline = baseline + HouseStyle.LABEL.getSize() * 1.4;
    paintTick(g, x.multiplier(), plotWidth, titleBaseline, TextMetrics.Align.RIGHT);
    TextMetrics.paint(
        g,
        x.label(),
        TextMetrics.fit(x.label(), HouseStyle.LABEL, plotWidth),
        HouseStyle.INK,
        plotWidth / 2.0,
        titleBaseline,
        TextMetrics.Align.CENTRE);
    TextMetrics.paintUpwards(
        g,
        y.label(),
        TextMetrics.fit(y.label(), HouseStyle.LABEL, HouseStyle.PLOT_HEIGHT),
        HouseStyle.INK,
        EDGE - left + HouseStyle.LABEL.getSize() - 2,
        HouseStyle.PLOT_HEIGHT / 2.0);
  }

  private static void paintTick(
      Graphics2D g, String label, double at, double baseline, TextMetrics.Align align) {
    TextMetrics.paint(g, label, HouseStyle.TICK, HouseStyle.INK, at, baseline, align);
  }
}
