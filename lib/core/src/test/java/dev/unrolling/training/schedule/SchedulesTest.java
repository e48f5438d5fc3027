package dev.unrolling.training.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.FeatureDataset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rates that change from step to step, against values by hand, as objects and by name. */
class SchedulesTest {

  /** An order of epochs of two steps. */
  private static BatchOrder order(int epochs) {
    var data = FeatureDataset.of("two", new double[] {1, 2}, new int[] {0, 1}, List.of("a", "b"));
    return BatchOrder.fixed(data, new int[] {0, 1}, 1, epochs);
  }

  private static void assertRates(Schedule schedule, BatchOrder order, double... expected) {
    assertEquals(order.steps(), expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], schedule.rate(order, i), 1e-15, "step " + i);
    }
  }

  @Test
  void aCosineByHand() {
    // 1 + cos(pi i / 6) for i = 0 .. 5: 2, 1 + sqrt(3)/2, 1.5, 1, 0.5, 1 - sqrt(3)/2.
    double root = Math.sqrt(3) / 2;
    assertRates(
        new CosineSchedule(0.3, 0.1),
        order(3),
        0.3,
        0.1 + 0.1 * (1 + root),
        0.25,
        0.2,
        0.15,
        0.1 + 0.1 * (1 - root));
    assertRates(Schedule.cosine(2), order(1), 2, 1);
  }

  @Test
  void aCosineStaysPositiveAtTheEndOfALongOrder() {
    BatchOrder order = order(1_000_000_000 / 2);
    double last = Schedule.cosine(1).rate(order, order.steps() - 1);
    assertEquals(Math.PI * Math.PI / 4 * 1e-18, last, 1e-22);
  }

  @Test
  void aCycleByHand() {
    // 10 steps: from 1/25 up to 1 at step 2, then down to 1/250000 at step 9, seven steps later.
    double low = 4e-6;
    double[] expected = new double[10];
    expected[0] = 0.04;
    expected[1] = 0.52;
    expected[2] = 1;
    for (int i = 3; i < 9; i++) {
      expected[i] = low + (1 - low) * (1 + Math.cos(Math.PI * (i - 2) / 7)) / 2;
    }
    expected[9] = low;
    assertRates(Schedule.oneCycle(1), order(5), expected);
  }

  @Test
  void aTopBetweenTwoStepsIsPassedAndNotReached() {
    // 8 steps: the top is at step 1.4, so step 1 is 1/1.4 of the way up, step 2 0.6/5.6 down.
    Schedule cycle = new OneCycleSchedule(2, 0.3, 4, 10);
    BatchOrder order = order(4);
    double up = 2 + (0.5 - 2) / 2 * (1 + Math.cos(Math.PI / 1.4));
    double down = 0.05 + (2 - 0.05) / 2 * (1 + Math.cos(Math.PI * 0.6 / 5.6));
    assertEquals(up, cycle.rate(order, 1), 1e-15);
    assertEquals(down, cycle.rate(order, 2), 1e-15);
  }

  @Test
  void theShortestCycles() {
    // Two steps: the top would be at step -0.4, so step 0 is 0.4/1.4 of the way down.
    double first = 4e-6 + (1 - 4e-6) * (1 + Math.cos(Math.PI * 0.4 / 1.4)) / 2;
    assertRates(Schedule.oneCycle(1), order(1), first, 4e-6);
    assertRates(new OneCycleSchedule(1, 0.5, 25, 1e4), order(1), 1, 4e-6);
    assertRates(new OneCycleSchedule(1, 1, 25, 1e4), order(1), 0.04, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "'constant(rate=0.3)', 0.3, 0.3",
    "'step-decay(rate=1, factor=0.5, every=1)', 1, 0.5",
    "'cosine(rate=2)', 2, 1",
    "' cosine ( floor = 0.5 , rate = 1.5 ) ', 1.5, 1",
    "'one-cycle(peak=1, warm-up=0, division=1, final-division=1)', 1, 1"
  })
  void byName(String text, double first, double third) {
    Schedule schedule = Schedules.named(text);
    BatchOrder order = order(2);
    assertEquals(first, schedule.rate(order, 0), 1e-15);
    assertEquals(third, schedule.rate(order, 2), 1e-15);
  }

  @Test
  void aNameMakesTheSameAsTheObject() {
    assertEquals(new CosineSchedule(0.1, 0), Schedules.named("cosine(rate=0.1)"));
    assertEquals(Schedule.oneCycle(0.1), Schedules.named("one-cycle(peak=0.1)"));
    assertTrue(Schedules.forms().contains("cosine(rate, floor=0.0)"), Schedules.forms()::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "'sawtooth(rate=1)', 'no schedule is called \"sawtooth\"; there is constant, cosine, one-cycle, step-decay'",
    "'cosine', 'needs rate; write cosine(rate, floor=0.0)'",
    "'cosine()', 'needs rate'",
    "'cosine(rate=1, flor=0)', 'knows no flor; write cosine(rate, floor=0.0)'",
    "'cosine(rate=1, rate=2)', 'rate is given twice'",
    "'cosine(rate=fast)', 'rate must be a number, not \"fast\"'",
    "'cosine(rate=)', 'rate must be a number, not \"\"'",
    "'cosine(0.1)', 'a parameter is written name=number, not \"0.1\"'",
    "'cosine(rate=1,)', 'a parameter is written name=number, not \"\"'",
    "'cosine(rate=1) x', 'a schedule is written like cosine(rate=0.1)'",
    "'', 'a schedule is written like'",
    "'cosine(rate=-1)', 'learning rate must be finite and positive, not -1.0'",
    "'cosine(rate=NaN)', 'must be finite and positive, not NaN'",
    "'cosine(rate=1, floor=2)', 'must be in [0, 1.0], its first rate, not 2.0'",
    "'one-cycle(peak=0)', 'the peak must be finite and positive'",
    "'one-cycle(peak=1, warm-up=1.1)', 'must be in [0, 1], not 1.1'",
    "'one-cycle(peak=1, division=0.5)', 'at least 1'",
    "'one-cycle(peak=1e-300, final-division=1e300)', 'leave a positive rate'",
    "'step-decay(rate=1, factor=0.5, every=1.5)', 'whole number of epochs, not every 1.5'"
  })
  void refuses(String text, String part) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Schedules.named(text)).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void refusesAStepOutsideTheOrder() {
    for (Schedule schedule : List.of(Schedule.cosine(1), Schedule.oneCycle(1))) {
      assertThrows(IndexOutOfBoundsException.class, () -> schedule.rate(order(1), 2));
      assertThrows(IndexOutOfBoundsException.class, () -> schedule.rate(order(1), -1));
    }
  }
}
