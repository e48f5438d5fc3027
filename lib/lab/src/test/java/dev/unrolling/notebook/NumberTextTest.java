package dev.unrolling.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NumberTextTest {
  private static String text(double value, double... column) {
    return NumberText.of(column).html(value);
  }

  @Test
  void numbersOfAColumnShareTheirDecimals() {
    assertEquals("12.35", text(12.3456, 12.3456, 1));
    assertEquals("1.00", text(1, 12.3456, 1));
    assertEquals("0.00", text(0, 12.3456, 0));
    assertEquals("−0.3333", text(-1.0 / 3, -1.0 / 3));
  }

  @Test
  void whatWouldLoseItsDigitsIsAPowerOfTen() {
    assertEquals("1.234×10<sup>−5</sup>", text(1.234e-5, 1.234e-5, 12.5));
    assertEquals("−2.500×10<sup>7</sup>", text(-2.5e7, -2.5e7, 0.5));
  }

  @Test
  void whatNeedsMoreDecimalsThanOthersHasThem() {
    assertEquals("7.183", text(7.1834, 7.1834, 184.3, 2276.5));
    assertEquals("0.5000", text(0.5, 100, 0.5));
    assertEquals("0.001234", text(0.001234, 0.001234, 5000));
    assertEquals("9.000×10<sup>−4</sup>", text(9e-4, 9e-4, 5000));
  }

  @Test
  void wholeNumbersStayWhole() {
    assertEquals("2000", text(2000, 1, 2000));
    assertEquals("−7", text(-7, 1, -7));
  }

  @Test
  void whatIsNoNumberIsSaid() {
    assertEquals("–", text(Double.NaN, 1, 2));
    assertEquals("∞", text(Double.POSITIVE_INFINITY, 0.5));
    assertEquals("−∞", text(Double.NEGATIVE_INFINITY, 0.5));
  }
}
