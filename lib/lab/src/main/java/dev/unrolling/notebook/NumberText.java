package dev.unrolling.notebook;

import java.util.Arrays;
import java.util.Locale;

/**
 * How the numbers of one column are written: whole numbers as they are; others with as many
 * decimals as give the largest four digits that count, and those that would lose theirs with as
 * many as they need, or as a power of ten where these are many.
 *
 * @param decimals after the point, 0 to 6
 * @param whole whether all numbers are whole and below 1e9
 */
record NumberText(int decimals, boolean whole) {
  private static final int DIGITS = 4;
  private static final int MOST_DECIMALS = 6;
  private static final double LARGEST_PLAIN = 1e6;
  private static final double SMALLEST_PLAIN = 1e-3;

  static NumberText of(double[] column) {
    double[] finite = Arrays.stream(column).filter(Double::isFinite).toArray();
    boolean whole = Arrays.stream(finite).allMatch(v -> v == Math.rint(v) && Math.abs(v) < 1e9);
    double largest =
        Arrays.stream(finite).map(Math::abs).filter(v -> v < LARGEST_PLAIN).max().orElse(0);
    int before = largest == 0 ? 1 : digitsBefore(largest);
    return new NumberText(Math.max(0, Math.min(MOST_DECIMALS, DIGITS - before)), whole);
  }

  /** A number in HTML, a dash for a missing one. */
  String html(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : "−∞";
    }
    double size = Math.abs(value);
    boolean shared = whole || size == 0 || size >= 10 * Math.pow(10, -decimals);
    String text =
        size >= LARGEST_PLAIN && !whole || !shared && size < SMALLEST_PLAIN
            ? scientific(value)
            : fixed(value, whole ? 0 : shared ? decimals : DIGITS - digitsBefore(size));
    return text.replace("-", "−");
  }

  /** Digits before the point, less the zeros after it. */
  private static int digitsBefore(double size) {
    return (int) Math.floor(Math.log10(size)) + 1;
  }

  private static String fixed(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String scientific(double value) {
    String[] parts = String.format(Locale.ROOT, "%.3e", value).split("e");
    return parts[0] + "×10<sup>" + Integer.parseInt(parts[1]) + "</sup>";
  }
}
