package dev.unrolling.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class AxisTest {
  private static List<String> labels(Axis axis) {
    return axis.ticks(7).stream().filter(Axis.Tick::isMajor).map(Axis.Tick::label).toList();
  }

  @Test
  void decadesArePowers() {
    Axis axis = new Axis("", true, 5e-4, 20);
    assertEquals(List.of("10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"), labels(axis));
    assertEquals(5e-4, axis.low());
    assertEquals(1, axis.place(20), 1e-12);
    assertEquals(-1, axis.place(-3));
  }

  @Test
  void manyDecadesAreThinnedAndFewAreFilled() {
    assertEquals(
        List.of("10⁻¹⁵", "10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"),
        labels(new Axis("", true, 1e-16, 2)));
    assertEquals(List.of("0.5", "1", "2", "5"), labels(new Axis("", true, 0.4, 7)));
    assertEquals(List.of("2×10⁻⁷", "5×10⁻⁷", "10⁻⁶"), labels(new Axis("", true, 1.5e-7, 1.2e-6)));
  }

  @Test
  void aNarrowLogarithmicAxisStillHasTwoLabels() {
    for (double value = 1; value < 10; value += 0.1) {
      Axis axis = Axis.fit("", true, DoubleStream.of(value, 1.01 * value));
      assertTrue(labels(axis).size() >= 2, axis + " " + labels(axis));
    }
  }

  @Test
  void nothingLiesBetweenWholeNumbers() {
    assertEquals(
        List.of("1", "2", "3"), labels(Axis.fit("epochs", false, DoubleStream.of(1, 2, 3))));
    assertTrue(labels(Axis.fit("", false, DoubleStream.of(1, 2, 3.5))).contains("1.5"));
    assertTrue(labels(Axis.fit("accuracy", false, DoubleStream.of(0, 1))).contains("0.2"));
  }

  @Test
  void linearLabelsShareTheirDecimals() {
    assertEquals(
        List.of("0.0", "0.1", "0.2", "0.3", "0.4", "0.5"),
        labels(new Axis("", false, -0.02, 0.55)));
    assertEquals(List.of("−100", "−50", "0", "50"), labels(new Axis("", false, -120, 90)));
  }

  @Test
  void verySmallAndVeryLargeLabelsLeaveOutAPower() {
    Axis small = new Axis("", false, 0, 4e-5);
    assertEquals("×10⁻⁵", small.multiplier());
    assertEquals(List.of("0", "1", "2", "3", "4"), labels(small));
    assertEquals("×10⁶", new Axis("", false, 0, 4e6).multiplier());
    assertEquals("", new Axis("", false, 0, 0.5).multiplier());
  }
}
