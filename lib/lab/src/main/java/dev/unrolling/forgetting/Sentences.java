package dev.unrolling.forgetting;

import java.util.Locale;

/** Numbers as a reader of a report takes them in. */
final class Sentences {

  private Sentences() {}

  /** Four digits that count; nothing for what is not known. */
  static String number(Double value) {
    if (value == null) {
      return "not known";
    }
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    return size < 1e-3 || size >= 1e5
        ? String.format(Locale.ROOT, "%.3e", value)
        : String.format(Locale.ROOT, "%.4f", value);
  }

  /** A share as per cent. */
  static String share(Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.1f%%", 100 * value);
  }

  /** A whole number in groups of three. */
  static String count(Long value) {
    return value == null ? "not known" : String.format(Locale.ROOT, "%,d", value);
  }
}
