package dev.unrolling.plot;

import dev.unrolling.plot.style.Heading;
import dev.unrolling.plot.style.HouseStyle;
import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/**
 * Series over two axes. A value that is not finite is a gap, and the figure says how many there
 * are; a logarithmic axis refuses values that are not above 0. Series take colours, markers and
 * dash patterns in the order in which they are added.
 */
public final class Plot extends Figure {
  private final String title;
  private final Range x;
  private final Range y;
  private final Series.Kind kind;
  private final List<Series> series;
  private final int width;

  /** What is known of an axis before its range is fitted to the data. */
  private record Range(String label, boolean logarithmic, OptionalDouble low, OptionalDouble high) {

    Axis fit(DoubleStream values) {
      Axis fitted = Axis.fit(label, logarithmic, values);
      return new Axis(
          label,
          logarithmic,
          low.orElse(fitted.low()),
          high.orElse(fitted.high()),
          fitted.leastStep());
    }

    Range withLimits(double newLow, double newHigh) {
      if (!(newLow < newHigh)
          || !Axis.isDrawable(newLow, logarithmic)
          || !Axis.isDrawable(newHigh, logarithmic)) {
        throw new IllegalArgumentException(
            String.format(
                "limits [%s, %s] of axis \"%s\"; they are finite, rising%s",
                newLow, newHigh, label, logarithmic ? " and above 0" : ""));
      }
      return new Range(label, logarithmic, OptionalDouble.of(newLow), OptionalDouble.of(newHigh));
    }
  }

  private Plot(String title, Range x, Range y, Series.Kind kind, List<Series> series, int width) {
    series.forEach(one -> one.checkPositive(x.logarithmic, y.logarithmic));
    this.title = title;
    this.x = x;
    this.y = y;
    this.kind = kind;
    this.series = List.copyOf(series);
    this.width = width;
  }

  static Plot empty(String title, String x, String y, Series.Kind kind) {
    return new Plot(title, free(x, false), free(y, false), kind, List.of(), HouseStyle.WIDTH);
  }

  private static Range free(String label, boolean logarithmic) {
    return new Range(label, logarithmic, OptionalDouble.empty(), OptionalDouble.empty());
  }

  /**
   * The same plot with a logarithmic x axis.
   *
   * @throws IllegalArgumentException if a series has an x of 0 or less
   */
  public Plot logX() {
    return new Plot(title, free(x.label, true), y, kind, series, width);
  }

  /**
   * The same plot with a logarithmic y axis.
   *
   * @throws IllegalArgumentException if a series has a y of 0 or less
   */
  public Plot logY() {
    return new Plot(title, x, free(y.label, true), kind, series, width);
  }

  /** The same plot showing x from {@code low} to {@code high}; what lies outside is cut off. */
  public Plot xLimits(double low, double high) {
    return new Plot(title, x.withLimits(low, high), y, kind, series, width);
  }

  /** The same plot showing y from {@code low} to {@code high}; what lies outside is cut off. */
  public Plot yLimits(double low, double high) {
    return new Plot(title, x, y.withLimits(low, high), kind, series, width);
  }

  /** Adds a series of the plot's own kind: a line, or points. */
  public Plot series(String name, double[] xs, double[] ys) {
    return with(Series.of(name, kind, xs, ys));
  }

  /** Adds a series of the plot's own kind from two columns of a table. */
  public Plot series(String name, NumericColumn<?> xs, NumericColumn<?> ys) {
    return series(name, xs.asDoubleArray(), ys.asDoubleArray());
  }

  /** Adds a series of the plot's own kind from two columns of a table, by their names. */
  public Plot series(String name, Table table, String x, String y) {
    return series(name, table.numberColumn(x), table.numberColumn(y));
  }

  /** Adds points, whatever the plot's own kind. */
  public Plot points(String name, double[] xs, double[] ys) {
    return with(Series.of(name, Series.Kind.POINTS, xs, ys));
  }

  /**
   * Adds a line within a band of its colour, e.g. a mean and its spread over seeds.
   *
   * @param spread what line and band are, e.g. {@code "mean and range over 3 seeds"}: said once
   *     below the plot; empty if the name says it
   */
  public Plot band(
      String name, double[] xs, double[] mean, double[] low, double[] high, String spread) {
    return with(new Series(name, Series.Kind.BAND, xs, mean, low, high, spread));
  }

  /**
   * Adds points with error bars.
   *
   * @param spread what points and bars are, as in {@link #band}
   */
  public Plot errorBars(
      String name, double[] xs, double[] mean, double[] low, double[] high, String spread) {
    return with(new Series(name, Series.Kind.ERROR_BARS, xs, mean, low, high, spread));
  }

  /** Adds a thin grey dashed line to compare with, e.g. a fit. */
  public Plot reference(String name, double[] xs, double[] ys) {
    return with(Series.of(name, Series.Kind.REFERENCE, xs, ys));
  }

  /**
   * Adds a grey dashed line y = c x^slope: straight where both axes are logarithmic.
   *
   * @param xs two places or more, above 0
   * @param yAtFirst its value at the first of them, which fixes c
   */
  public Plot slope(String name, double slope, double[] xs, double yAtFirst) {
    return reference(
        name, xs, Arrays.stream(xs).map(at -> yAtFirst * Math.pow(at / xs[0], slope)).toArray());
  }

  /** Adds the line of {@link #slope} through the first row, if any, of a table sorted by x. */
  public Plot slope(int slope, Table table, String x, String y) {
    double[] xs = table.numberColumn(x).asDoubleArray();
    return table.isEmpty()
        ? this
        : slope("slope " + slope, slope, xs, table.numberColumn(y).getDouble(0));
  }

  /** Marks a place on the x axis; its label stands above the plot. */
  public Plot verticalLine(String label, double at) {
    return with(
        Series.of(label, Series.Kind.VERTICAL, new double[] {at}, new double[] {Double.NaN}));
  }

  /** Marks a value on the y axis; its label stands in the legend. */
  public Plot horizontalLine(String label, double at) {
    return with(
        Series.of(label, Series.Kind.HORIZONTAL, new double[] {Double.NaN}, new double[] {at}));
  }

  private Plot with(Series another) {
    List<Series> all = new ArrayList<>(series);
    all.add(another);
    return new Plot(title, x, y, kind, all, width);
  }

  @Override
  public Plot withNote(String note) {
    return new Plot(Heading.join(title, note), x, y, kind, series, width);
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public Table data() {
    boolean spread = series.stream().anyMatch(Series::hasSpread);
    StringColumn names = StringColumn.create("series");
    DoubleColumn xs = DoubleColumn.create("x");
    DoubleColumn ys = DoubleColumn.create("y");
    DoubleColumn lows = DoubleColumn.create("low");
    DoubleColumn highs = DoubleColumn.create("high");
    for (Series one : series) {
      for (int i = 0; i < one.xs().length; i++) {
        names.append(one.name());
        xs.append(one.xs()[i]);
        ys.append(one.ys()[i]);
        lows.append(one.hasSpread() ? one.lows()[i] : Double.NaN);
        highs.append(one.hasSpread() ? one.highs()[i] : Double.NaN);
      }
    }
    Table table = Table.create(title, names, xs, ys);
    return spread ? table.addColumns(lows, highs) : table;
  }

  List<Series> all() {
    return series;
  }

  Axis xAxis() {
    return x.fit(series.stream().flatMapToDouble(Series::xValues));
  }

  Axis yAxis() {
    return y.fit(series.stream().flatMapToDouble(Series::yValues));
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  Plot atWidth(int logical) {
    return new Plot(title, x, y, kind, series, logical);
  }

  @Override
  int height() {
    return (int) Math.ceil(new PlotPainter(this, width()).height());
  }

  @Override
  void paint(Graphics2D g) {
    new PlotPainter(this, width()).paint(g);
  }
}
