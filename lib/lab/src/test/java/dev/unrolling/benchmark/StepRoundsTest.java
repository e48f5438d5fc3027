package dev.unrolling.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.RealData;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architectures;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepRoundsTest {

  private static final Engine CPU = Engines.open("torch", "cpu", Precision.FLOAT32, 1);

  private static StepTimer timer() {
    return new StepTimer(CPU, Architectures.resnet8(4, 10), RealData.cifar10Test(), 8);
  }

  private static StepRounds rounds() {
    return new StepRounds(CPU, Architectures.resnet8(4, 10), RealData.cifar10Test(), 8, 2);
  }

  @Test
  void aProductAfterAStepIsOfTheWeightsAsTheyAre() {
    try (StepTimer timer = timer()) {
      assertTrue(timer.seconds(StepTimer.Work.PRODUCT, 1) > 0);
      assertTrue(timer.seconds(StepTimer.Work.STEP, 1) > 0);
      // Of the weights before it the engine would refuse one.
      assertTrue(timer.seconds(StepTimer.Work.PRODUCT, 2) > 0);
    }
  }

  @Test
  void eachAtOnceHasATimerOfItsOwn() {
    AtomicInteger made = new AtomicInteger();
    try (SideBySide timers =
        new SideBySide(
            () -> {
              made.incrementAndGet();
              return timer();
            })) {
      for (int count : new int[] {1, 3, 2}) {
        assertTrue(timers.seconds(count, StepTimer.Work.STEP, 1) > 0);
      }
      assertEquals(3, made.get());
      // What goes wrong on a thread is told as it would be on one's own.
      String said =
          assertThrows(
                  IllegalArgumentException.class, () -> timers.seconds(2, StepTimer.Work.STEP, 0))
              .getMessage();
      assertEquals("a round has at least 1 step, not 0", said);
      assertThrows(IllegalArgumentException.class, () -> timers.seconds(0, StepTimer.Work.STEP, 1));
    }
  }

  @Test
  void sigmaTakesFewerProductsThanPowerIterationToItsResidual() {
    try (StepRounds rounds = rounds()) {
      int lanczos = Integer.parseInt(rounds.answer("sigma").split(" ")[1]);
      int power = Integer.parseInt(rounds.answer("power").split(" ")[1]);
      assertTrue(lanczos < power, lanczos + " and " + power);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stride", "step  2", "step two", "sigma 2", "product 0", "step 65"})
  void otherRoundsAreRefused(String asked) {
    try (StepRounds rounds = rounds()) {
      assertThrows(IllegalArgumentException.class, () -> rounds.answer(asked));
    }
  }
}
