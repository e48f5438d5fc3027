package dev.unrolling.settings;

import java.util.Locale;

/** Checks of settings: what is wrong is named, with its value and what it may be. */
public final class Ranges {

  private Ranges() {}

  public static void named(String name, String value) {
    // A space or an = is what is left of a second assignment.
    if (value == null || value.isBlank() || value.matches("(?s).*[\\s=\\p{Cntrl}].*")) {
      throw new IllegalArgumentException(
          name + " must be a name without spaces, not \"" + value + "\"");
    }
  }

  public static void atLeast(String name, int value, int minimum) {
    if (value < minimum) {
      throw new IllegalArgumentException(name + " must be at least " + minimum + ", not " + value);
    }
  }

  public static void within(String name, double value, double low, double high, String range) {
    if (!(value >= low && value <= high)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s must be %s, not %s", name, range, value));
    }
  }

  public static void positive(String name, double value) {
    within(name, value, Double.MIN_VALUE, Double.MAX_VALUE, "finite and positive");
  }
}
