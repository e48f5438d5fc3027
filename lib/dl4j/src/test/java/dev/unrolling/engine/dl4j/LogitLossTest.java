package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Objective.Normalisation;
import org.junit.jupiter.api.Test;

class LogitLossTest {

  private static LogitLoss of(Objective objective, int averagedOver, long label, double... logits) {
    double[] target = new double[logits.length];
    if (logits.length == 1) {
      target[0] = label;
    } else {
      target[(int) label] = 1;
    }
    return LogitLoss.of(objective, new double[][] {logits}, new double[][] {target}, averagedOver);
  }

  @Test
  void squaredErrorByHand() {
    // One output against the label itself: (5 - 2)^2 / 2 and its derivative, over two examples.
    LogitLoss single = of(Objective.squaredError(), 2, 2, 5);
    assertEquals(2.25, single.value());
    assertArrayEquals(new double[] {1.5}, single.gradient()[0]);
    LogitLoss oneHot = of(Objective.squaredError(), 1, 2, 0.5, -1, 3);
    assertEquals((0.25 + 1 + 4) / 2, oneHot.value());
    assertArrayEquals(new double[] {0.5, -1, 2}, oneHot.gradient()[0]);
  }

  @Test
  void aCommonSummandOfLogitsChangesNothing() {
    // Probabilities 1/7, 2/7 and 4/7; the deviation of 0, ln 2 and 2 ln 2 is ln 2.
    double ln2 = Math.log(2);
    Objective objective =
        Objective.crossEntropy().withGamma(6).withNormalisation(Normalisation.MEAN);
    double slope = 6 / 2.;
    for (double shift : new double[] {0, -3, 1e8}) {
      LogitLoss loss = of(objective, 1, 1, shift, shift + ln2, shift + 2 * ln2);
      assertEquals(Math.log(3.5) + 6 * ln2, loss.value(), 1e-6);
      assertArrayEquals(
          new double[] {1 / 7. - slope, 2 / 7. - 1, 4 / 7. + slope}, loss.gradient()[0], 1e-6);
    }
  }
}
