package dev.unrolling.plot;

import dev.unrolling.plot.style.Dashes;
import dev.unrolling.plot.style.HouseStyle;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the series of a plot, by XChart, into a rectangle at the origin. */
final class SeriesPainter {
  /** More markers than this on one line hide it. */
  private static final int MARKERS = 16;

  private static final double CAP = 3;

  private final List<Series> series;
  private final Axis x;
  private final Axis y;
  private final int width;
  private final int height;
  private final XYChart chart;

  SeriesPainter(List<Series> series, Axis x, Axis y, int width, int height) {
    this.series = series;
    this.x = x;
    this.y = y;
    this.width = width;
    this.height = height;
    chart = HouseStyle.chart(width, height);
  }

  void paint(Graphics2D g) {
    // Bands lie lowest, then grey helps, then lines, then markers and bars.
    each((one, look) -> addBand(one, look.colour()));
    each(this::addHelp);
    each(this::addLine);
    each(this::addMarkers);
    if (!chart.getSeriesCollection().isEmpty()) {
      chart.paint(g, width, height);
    }
  }

  private interface Part {
    void add(Series series, SeriesStyle look);
  }

  private void each(Part part) {
    for (int i = 0; i < series.size(); i++) {
      Series one = series.get(i);
      part.add(one, SeriesStyle.of(one.kind(), Legend.index(series, i)));
    }
  }

  private void addBand(Series one, Color colour) {
    if (one.kind() != Series.Kind.BAND) {
      return;
    }
    int start = 0;
    for (int i = 0; i <= one.xs().length; i++) {
      boolean gap = i == one.xs().length || !isInBand(one, i);
      if (gap && i > start) {
        addPolygon(one, start, i, colour);
      }
      start = gap ? i + 1 : start;
    }
  }

  private static boolean isInBand(Series one, int i) {
    return one.isDrawable(i) && !Double.isNaN(one.lows()[i]) && !Double.isNaN(one.highs()[i]);
  }

  private void addPolygon(Series one, int start, int end, Color colour) {
    double[] xs = Arrays.copyOfRange(one.xs(), start, end);
    double[] lows = Arrays.copyOfRange(one.lows(), start, end);
    double[] highs = Arrays.copyOfRange(one.highs(), start, end);
    XYSeries polygon =
        add(there(places(x, xs), places(x, xs)), there(places(y, highs), places(y, lows)));
    polygon.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
    polygon.setFillColor(HouseStyle.translucent(colour, SeriesStyle.BAND_OPACITY));
    polygon.setLineStyle(SeriesLines.NONE);
    polygon.setMarker(SeriesMarkers.NONE);
  }

  /** One row and then the other backwards: a way around. */
  private static double[] there(double[] forth, double[] back) {
    return DoubleStream.concat(
            Arrays.stream(forth),
            IntStream.range(0, back.length).mapToDouble(i -> back[back.length - 1 - i]))
        .toArray();
  }

  private void addHelp(Series one, SeriesStyle look) {
    if (one.kind() == Series.Kind.VERTICAL && !Double.isNaN(one.xs()[0])) {
      double at = x.place(one.xs()[0]);
      addDashed(new double[][] {{at, at}, {0, 1}}, look);
    } else if (one.kind() == Series.Kind.HORIZONTAL && !Double.isNaN(one.ys()[0])) {
      double at = y.place(one.ys()[0]);
      addDashed(new double[][] {{0, 1}, {at, at}}, look);
    } else if (one.kind() == Series.Kind.REFERENCE) {
      addDashed(places(one), look);
    }
  }

  private void addLine(Series one, SeriesStyle look) {
    if (one.kind() == Series.Kind.LINE || one.kind() == Series.Kind.BAND) {
      addDashed(places(one), look);
    } else if (one.kind() == Series.Kind.ERROR_BARS) {
      addBars(one, look);
    }
  }

  private void addBars(Series one, SeriesStyle look) {
    for (int i = 0; i < one.xs().length; i++) {
      if (isInBand(one, i)) {
        double at = x.place(one.xs()[i]);
        double low = y.place(one.lows()[i]);
        double high = y.place(one.highs()[i]);
        double cap = CAP / width;
        double[] xs = {at - cap, at + cap, at, at, at - cap, at + cap};
        addSolid(xs, new double[] {low, low, low, high, high, high}, look);
      }
    }
  }

  private void addMarkers(Series one, SeriesStyle look) {
    if (!one.kind().isMeasured()) {
      return;
    }
    int[] drawable = IntStream.range(0, one.xs().length).filter(one::isDrawable).toArray();
    int stride = one.kind().joinsPoints() ? (drawable.length + MARKERS - 1) / MARKERS : 1;
    int[] shown =
        IntStream.range(0, drawable.length)
            .filter(i -> i % Math.max(1, stride) == 0)
            .map(i -> drawable[i])
            .toArray();
    if (shown.length > 0) {
      double[][] places = places(one);
      XYSeries markers =
          add(
              Arrays.stream(shown).mapToDouble(i -> places[0][i]).toArray(),
              Arrays.stream(shown).mapToDouble(i -> places[1][i]).toArray());
      markers.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
      markers.setMarker(look.marker());
      markers.setMarkerColor(
          one.kind() == Series.Kind.POINTS
              ? HouseStyle.translucent(look.colour(), 0.8)
              : look.colour());
    }
  }

  private void addDashed(double[][] line, SeriesStyle look) {
    double[][] pixels = {scaled(line[0], width), scaled(line[1], height)};
    double[][] cut = Dashes.cut(pixels, look.dashes());
    addSolid(scaled(cut[0], 1.0 / width), scaled(cut[1], 1.0 / height), look);
  }

  private void addSolid(double[] xs, double[] ys, SeriesStyle look) {
    if (xs.length > 0) {
      XYSeries line = add(xs, ys);
      line.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
      line.setLineStyle(
          new BasicStroke((float) look.lineWidth(), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
      line.setLineColor(look.colour());
      Marker none = SeriesMarkers.NONE;
      line.setMarker(none);
    }
  }

  private XYSeries add(double[] xs, double[] ys) {
    return chart.addSeries("part " + chart.getSeriesCollection().size(), xs, ys);
  }

  private double[][] places(Series one) {
    return new double[][] {places(x, one.xs()), places(y, one.ys())};
  }

  private static double[] places(Axis axis, double[] values) {
    return Arrays.stream(values).map(v -> Double.isNaN(v) ? v : axis.place(v)).toArray();
  }

  private static double[] scaled(double[] values, double factor) {
    return Arrays.stream(values).map(value -> value * factor).toArray();
  }
}
