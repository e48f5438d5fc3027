package dev.unrolling.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * One direction of a plot: what it measures and the range it shows.
 *
 * @param label with its unit
 * @param logarithmic whether equal distances are equal ratios
 * @param low value at the plot's left or lower edge
 * @param high value at its right or upper edge, above {@code low}
 * @param leastStep between two grid lines of a linear axis: 1 where whole numbers are drawn, which
 *     have nothing between them, else 0
 */
record Axis(String label, boolean logarithmic, double low, double high, double leastStep) {
  /** Beyond this a range overflows; such a value is treated as not finite. */
  static final double LARGEST = 1e300;

  private static final double MARGIN = 0.04;

  /** A logarithmic axis spans at least this ratio, so that two round numbers always lie on it. */
  private static final double LEAST_RATIO = 6;

  private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  /** A range of whole numbers as short as this may want lines between them. */
  private static final double LEAST_COUNTED = 2;

  /** An axis of any numbers. */
  Axis(String label, boolean logarithmic, double low, double high) {
    this(label, logarithmic, low, high, 0);
  }

  /** A grid line, with its label or without. */
  record Tick(double value, String label) {
    boolean isMajor() {
      return !label.isEmpty();
    }
  }

  /** Whether a value can have a place on an axis of this kind. */
  static boolean isDrawable(double value, boolean logarithmic) {
    return Math.abs(value) <= LARGEST && (!logarithmic || value > 0);
  }

  /** An axis about the values that can be drawn, with a margin; any axis if there are none. */
  static Axis fit(String label, boolean logarithmic, DoubleStream values) {
    double[] drawable = values.filter(value -> isDrawable(value, logarithmic)).toArray();
    if (drawable.length == 0) {
      return new Axis(label, logarithmic, logarithmic ? 0.1 : 0, logarithmic ? 10 : 1);
    }
    double low = DoubleStream.of(drawable).min().getAsDouble();
    double high = DoubleStream.of(drawable).max().getAsDouble();
    if (logarithmic) {
      double widen = Math.sqrt(Math.max(1, LEAST_RATIO / (high / low)));
      double margin = widen * Math.pow(high / low, MARGIN);
      return new Axis(label, true, Math.max(low / margin, Double.MIN_NORMAL), high * margin);
    }
    double largest = Math.max(Math.abs(low), Math.abs(high));
    boolean flat = high - low <= 1e-9 * largest || largest < 1e-290;
    double margin = flat ? (largest < 1e-290 ? 1 : largest / 10) : (high - low) * MARGIN;
    boolean counted =
        high - low >= LEAST_COUNTED && DoubleStream.of(drawable).allMatch(v -> v == Math.rint(v));
    return new Axis(label, false, low - margin, high + margin, counted ? 1 : 0);
  }

  /**
   * Where a value lies: 0 at {@code low}, 1 at {@code high}; far beyond an edge, a little beyond.
   */
  double place(double value) {
    double place =
        logarithmic
            ? value > 0 ? (Math.log10(value) - Math.log10(low)) / decades() : -1
            : (value - low) / (high - low);
    return Math.max(-1, Math.min(2, place));
  }

  private double decades() {
    return Math.log10(high) - Math.log10(low);
  }

  /** Grid lines inside the range, in rising order, about as many with a label as asked. */
  List<Tick> ticks(int about) {
    return logarithmic ? logarithmicTicks(about) : linearTicks(about);
  }

  private List<Tick> logarithmicTicks(int about) {
    int first = (int) Math.floor(Math.log10(low));
    int last = (int) Math.floor(Math.log10(high));
    int stride = Math.max(1, (int) Math.ceil(decades() / about));
    boolean halves = decades() < 1.6;
    List<Tick> ticks = new ArrayList<>();
    for (int exponent = first; exponent <= last; exponent++) {
      for (int mantissa = 1; mantissa <= 9; mantissa++) {
        double value = Double.parseDouble(mantissa + "e" + exponent);
        if (value < low || value > high || mantissa > 1 && decades() > 8) {
          continue;
        }
        boolean labelled =
            mantissa == 1
                ? Math.floorMod(exponent, stride) == 0
                : halves && (mantissa == 2 || mantissa == 5);
        ticks.add(new Tick(value, labelled ? logarithmicLabel(mantissa, exponent, halves) : ""));
      }
    }
    return ticks;
  }

  private static String logarithmicLabel(int mantissa, int exponent, boolean halves) {
    if (halves && exponent >= -2 && exponent <= 3) {
      return fixed(mantissa * Math.pow(10, exponent), Math.max(0, -exponent));
    }
    return mantissa == 1 ? power(exponent) : mantissa + "×" + power(exponent);
  }

  private List<Tick> linearTicks(int about) {
    double step = Math.max(leastStep, niceStep((high - low) / about));
    double factor = Math.pow(10, exponent());
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step / factor) + 1e-9));
    List<Tick> ticks = new ArrayList<>();
    for (double i = Math.ceil(low / step); i * step <= high; i++) {
      ticks.add(new Tick(i * step, fixed(i * step / factor, decimals)));
    }
    return ticks;
  }

  private static double niceStep(double rough) {
    double decade = Math.pow(10, Math.floor(Math.log10(rough)));
    double mantissa = rough / decade;
    return decade * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
  }

  /** The power of ten that a linear axis' labels leave out, 0 for none. */
  private int exponent() {
    double largest = Math.max(Math.abs(low), Math.abs(high));
    return logarithmic || largest >= 1e-2 && largest < 1e5
        ? 0
        : (int) Math.floor(Math.log10(largest));
  }

  /** What the labels are multiplied by, e.g. {@code "×10⁻⁵"}; empty if by nothing. */
  String multiplier() {
    return exponent() == 0 ? "" : "×" + power(exponent());
  }

  /** E.g. {@code "10⁻³"}. */
  static String power(int exponent) {
    StringBuilder text = new StringBuilder("10");
    if (exponent < 0) {
      text.append('⁻');
    }
    Integer.toString(Math.abs(exponent))
        .chars()
        .forEach(digit -> text.append(SUPERSCRIPTS.charAt(digit - '0')));
    return text.toString();
  }

  private static String fixed(double value, int decimals) {
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    boolean zero = text.chars().noneMatch(character -> character >= '1' && character <= '9');
    return zero ? text.replace("-", "") : text.replace('-', '−');
  }
}
