package dev.unrolling.plot;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What is drawn under one name. Values that are not finite are gaps.
 *
 * @param name in the legend
 * @param kind how it is drawn
 * @param xs places
 * @param ys values, as many
 * @param lows lower ends of the spread, as many, or empty
 * @param highs upper ends, as many as {@code lows}
 * @param spread what the values and their spread are, for the reader; empty if nothing is said
 */
record Series(
    String name,
    Kind kind,
    double[] xs,
    double[] ys,
    double[] lows,
    double[] highs,
    String spread) {

  enum Kind {
    LINE,
    POINTS,
    BAND,
    ERROR_BARS,
    REFERENCE,
    VERTICAL,
    HORIZONTAL;

    /** Whether it takes a colour and a marker of its own; the others are grey helps to the eye. */
    boolean isMeasured() {
      return this == LINE || this == POINTS || this == BAND || this == ERROR_BARS;
    }

    boolean joinsPoints() {
      return this == LINE || this == BAND || this == REFERENCE;
    }
  }

  Series {
    sameLength(name, "x", xs.length, "y", ys.length);
    sameLength(name, "low", lows.length, "high", highs.length);
    if (lows.length > 0) {
      sameLength(name, "y", ys.length, "low", lows.length);
    }
    xs = gapped(xs);
    ys = gapped(ys);
    lows = gapped(lows);
    highs = gapped(highs);
  }

  static Series of(String name, Kind kind, double[] xs, double[] ys) {
    return new Series(name, kind, xs, ys, new double[0], new double[0], "");
  }

  private static void sameLength(String name, String one, int length, String other, int count) {
    if (length != count) {
      throw new IllegalArgumentException(
          String.format(
              "series \"%s\" has %d %s values and %d %s values; it takes one each a point",
              name, length, one, count, other));
    }
  }

  /** A copy in which all that cannot be drawn is NaN, the mark of a gap. */
  private static double[] gapped(double[] values) {
    return Arrays.stream(values)
        .map(value -> Axis.isDrawable(value, false) ? value : Double.NaN)
        .toArray();
  }

  boolean hasSpread() {
    return lows.length > 0;
  }

  /** What is said of the spreads of some series, each once, e.g. "mean and range over 3 seeds". */
  static String spreads(List<Series> series) {
    return series.stream()
        .map(Series::spread)
        .filter(text -> !text.isEmpty())
        .distinct()
        .collect(Collectors.joining("; "));
  }

  /** Points that are gaps. */
  long gaps() {
    return kind == Kind.VERTICAL || kind == Kind.HORIZONTAL
        ? 0
        : IntStream.range(0, xs.length).filter(i -> !isDrawable(i)).count();
  }

  boolean isDrawable(int point) {
    return !Double.isNaN(xs[point]) && !Double.isNaN(ys[point]);
  }

  /** All places that the x axis should show. */
  DoubleStream xValues() {
    return Arrays.stream(xs);
  }

  /** All values that the y axis should show. */
  DoubleStream yValues() {
    return DoubleStream.concat(
        Arrays.stream(ys), DoubleStream.concat(Arrays.stream(lows), Arrays.stream(highs)));
  }

  /**
   * Refuses what a logarithmic axis cannot show. The lower end of a spread may be 0 or less (a mean
   * minus a deviation often is): it is drawn to the plot's edge.
   */
  void checkPositive(boolean logX, boolean logY) {
    if (logX) {
      checkPositive("x", xs, kind == Kind.HORIZONTAL);
    }
    if (logY) {
      checkPositive("y", ys, kind == Kind.VERTICAL);
    }
  }

  private void checkPositive(String axis, double[] values, boolean unused) {
    for (int i = 0; i < values.length && !unused; i++) {
      if (values[i] <= 0) {
        throw new IllegalArgumentException(
            String.format(
                "series \"%s\" has %s = %s (point %d); a logarithmic axis shows values above 0 only:"
                    + " leave the point out, or keep the %s axis linear",
                name, axis, values[i], i, axis));
      }
    }
  }
}
