package dev.unrolling.training.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.training.Fixtures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

  @Test
  void aConstantRateStays() {
    Schedule.PerEpoch schedule = Schedule.constant(0.3);
    assertEquals(0.3, schedule.rateInEpoch(0));
    assertEquals(0.3, schedule.rateInEpoch(1000));
  }

  @Test
  void aStepDecayFallsAfterEveryKEpochs() {
    Schedule.PerEpoch schedule = Schedule.stepDecay(0.8, 0.5, 3);
    double[] expected = {0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2};
    for (int epoch = 0; epoch < expected.length; epoch++) {
      assertEquals(expected[epoch], schedule.rateInEpoch(epoch), 1e-16);
    }
  }

  @Test
  void aStepHasTheRateOfItsEpoch() {
    BatchOrder order = BatchOrder.fixed(Fixtures.twoPoints(), new int[] {0, 1}, 1, 2);
    Schedule schedule = Schedule.stepDecay(1, 0.1, 1);
    assertEquals(1, schedule.rate(order, 1));
    assertEquals(0.1, schedule.rate(order, 2), 1e-16);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesARateThatIsNotPositive(double rate) {
    assertThrows(IllegalArgumentException.class, () -> Schedule.constant(rate));
    assertThrows(IllegalArgumentException.class, () -> Schedule.stepDecay(rate, 0.5, 1));
  }

  @Test
  void refusesADecayOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> Schedule.stepDecay(1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> Schedule.stepDecay(1, 1.5, 1));
    assertThrows(IllegalArgumentException.class, () -> Schedule.stepDecay(1, 0.5, 0));
    assertThrows(IllegalArgumentException.class, () -> Schedule.constant(1).rateInEpoch(-1));
  }
}
