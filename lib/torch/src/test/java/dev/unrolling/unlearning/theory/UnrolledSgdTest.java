package dev.unrolling.unlearning.theory;

import static dev.unrolling.training.Fixtures.slope;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.recording.DerivativeCost;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnrolledSgdTest {

  private static final double[] RATES = {0.004, 0.002, 0.001, 0.0005};
  private static final int[] TEN = IntStream.range(0, 10).toArray();

  @ParameterizedTest
  @ValueSource(doubles = {1e-4, 0.01, 0.1, 1})
  void isExactForAQuadraticLossAtAnyRate(double rate) {
    assertExact(Objective.squaredError(), Schedule.constant(rate));
  }

  @Test
  void isExactForAQuadraticLossWithDecayOfRateAndWeights() {
    assertExact(Objective.squaredError().withWeightDecay(0.1), Schedule.stepDecay(0.2, 0.5, 1));
  }

  private static void assertExact(Objective objective, Schedule schedule) {
    BatchOrder order = Fixtures.order(Fixtures.features(), 8, 4, 3);
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 5);
        Expansion expansion =
            new UnrolledSgd(objective, schedule).expand(network, order, order.steps())) {
      new SgdTrainer(objective, schedule).train(network, order);
      try (ParameterVector w = network.weights()) {
        double movement = expansion.movement(w);
        assertTrue(movement > 0);
        assertEquals(0, expansion.secondOrderRemainder(w) / movement, 1e-12);
        // It could have failed: without the f terms it is far off.
        assertTrue(expansion.firstOrderRemainder(w) / movement > 1e-4);
      }
    }
  }

  @Test
  void isExactForTheRetrainedModelToo() {
    BatchOrder order = Fixtures.order(Fixtures.features(), 8, 4, 2);
    Objective objective = Objective.squaredError();
    Schedule schedule = Schedule.constant(0.1);
    for (Removal removal :
        new Removal[] {
          Removal.skippedStep(),
          Removal.zeroGradient(),
          Removal.point(3, Removal.Divisor.FULL_BATCH),
          Removal.point(3, Removal.Divisor.REMAINING)
        }) {
      int steps = order.steps() - 2;
      try (Network network = Fixtures.float64().network(Fixtures.linear(), 5);
          Expansion expansion =
              new UnrolledSgd(objective, schedule)
                  .expandRetrained(network, order, steps, removal)) {
        new SgdTrainer(objective, schedule).retrain(network, order, removal, steps);
        try (ParameterVector w = network.weights()) {
          assertEquals(0, expansion.secondOrderRemainder(w) / expansion.movement(w), 1e-12);
        }
      }
    }
  }

  @Test
  void remaindersShrinkWithSlopesOneTwoThree() {
    BatchOrder order = Fixtures.order(Fixtures.images(), 4, 2, 2);
    double[] movement = new double[RATES.length];
    double[] first = new double[RATES.length];
    double[] second = new double[RATES.length];
    Objective objective = Objective.crossEntropy();
    for (int i = 0; i < RATES.length; i++) {
      Schedule schedule = Schedule.constant(RATES[i]);
      try (Network network = Fixtures.float64().network(Fixtures.tanh(), 5);
          Expansion expansion =
              new UnrolledSgd(objective, schedule).expand(network, order, order.steps())) {
        new SgdTrainer(objective, schedule).train(network, order);
        try (ParameterVector w = network.weights()) {
          movement[i] = expansion.movement(w);
          first[i] = expansion.firstOrderRemainder(w);
          second[i] = expansion.secondOrderRemainder(w);
        }
      }
    }
    assertEquals(1, slope(RATES, movement), 0.1);
    assertEquals(2, slope(RATES, first), 0.1);
    assertEquals(3, slope(RATES, second), 0.1);
  }

  @Test
  void theSdPenaltyIsUnrolledToo() {
    BatchOrder order = Fixtures.order(Fixtures.images(), 4, 2, 1);
    Objective objective = Objective.crossEntropy().withGamma(5).withWeightDecay(0.01);
    double[] second = new double[RATES.length];
    for (int i = 0; i < RATES.length; i++) {
      Schedule schedule = Schedule.constant(RATES[i]);
      try (Network network = Fixtures.float64().network(Fixtures.tanh(), 5);
          Expansion expansion =
              new UnrolledSgd(objective, schedule).expand(network, order, order.steps())) {
        new SgdTrainer(objective, schedule).train(network, order);
        try (ParameterVector w = network.weights()) {
          second[i] = expansion.secondOrderRemainder(w);
        }
      }
    }
    assertEquals(3, slope(RATES, second), 0.1);
  }

  @Test
  void leavesTheNetworkAsItWasAndStartsAtIt() {
    BatchOrder order = Fixtures.order(Fixtures.images(), 4, 1, 1);
    try (Network network = Fixtures.float64().network(Fixtures.tanh(), 5);
        Network twin = network.copy();
        Expansion none =
            new UnrolledSgd(Objective.crossEntropy(), Schedule.constant(0.1))
                .expand(network, order, 0);
        Expansion some =
            new UnrolledSgd(Objective.crossEntropy(), Schedule.constant(0.1))
                .expand(network, order, 2);
        ParameterVector w = network.weights()) {
      assertTrue(Fixtures.sameBits(twin.saveState(), network.saveState()));
      assertEquals(0, none.secondOrderRemainder(w));
      assertEquals(0, some.movement(w));
      assertTrue(some.curvaturePart().norm2() > 0);
    }
  }

  @Test
  void costsAGradientAStepAndAProductAtEachButTheFirst() {
    UnrolledSgd unrolled = new UnrolledSgd(Objective.squaredError(), Schedule.constant(0.1));
    // Batches of 4, 4 and 2.
    BatchOrder order = BatchOrder.fixed(Fixtures.features(), TEN, 4, 1);
    assertEquals(new DerivativeCost(0, 0), unrolled.cost(order, 0));
    assertEquals(new DerivativeCost(4, 0), unrolled.cost(order, 1));
    assertEquals(new DerivativeCost(10, 6), unrolled.cost(order, 3));
    assertEquals(22, unrolled.cost(order, 3).inGradients());
  }

  @Test
  void unrollsInTheModeThatItIsGiven() {
    // One step of rate 0.1 is -0.1 times the gradient, which batch norm makes depend on the mode.
    BatchOrder order = BatchOrder.fixed(Fixtures.images(), new int[] {0, 1, 2, 3}, 4, 1);
    UnrolledSgd unrolled = new UnrolledSgd(Objective.crossEntropy(), Schedule.constant(0.1));
    try (Network network =
            Fixtures.float64().network(Architectures.tanhCnnWithBatchNorm(2, 10), 5);
        Expansion training = unrolled.expand(network, order, 1)) {
      for (Mode mode : Mode.values()) {
        try (Expansion found = unrolled.withMode(mode).expand(network, order, 1);
            LossGradient g = network.gradient(order.batch(0), Objective.crossEntropy(), mode);
            ParameterVector expected = g.gradient().copy().scaleInPlace(-0.1)) {
          assertEquals(0, found.gradientPart().distance(expected), 1e-15);
          boolean same = found.gradientPart().distance(training.gradientPart()) < 1e-6;
          assertEquals(mode == Mode.TRAINING, same);
        }
      }
    }
  }

  @Test
  void aStepWithoutExamplesStillDecaysTheWeights() {
    // By hand: a step of rate 0.1 and decay 0.5 leaves 0.95 of w_0.
    BatchOrder order =
        BatchOrder.fixed(Fixtures.features(), new int[] {8}, 1, 1)
            .withForgetBatch(Batch.of(Fixtures.features(), 0, 1), BatchOrder.Position.FIRST);
    Objective decayed = Objective.squaredError().withWeightDecay(0.5);
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 5);
        Expansion expansion =
            new UnrolledSgd(decayed, Schedule.constant(0.1))
                .expandRetrained(network, order, 1, Removal.zeroGradient());
        ParameterVector expected = network.weights().scaleInPlace(0.95)) {
      assertEquals(0, expansion.secondOrderRemainder(expected), 1e-14);
      assertTrue(expansion.movement(expected) > 1e-3);
    }
  }

  @Test
  void anInterruptStopsTheLeadingTerm() {
    BatchOrder order = Fixtures.order(Fixtures.features(), 4, 2, 2);
    UnrolledSgd unrolled = new UnrolledSgd(Objective.squaredError(), Schedule.constant(0.1));
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 5)) {
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class,
          () -> unrolled.leadingTerm(network, order, 6, Removal.skippedStep()));
      assertFalse(Thread.interrupted());
      // With a checkpoint at every step there is no second part.
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class,
          () ->
              unrolled.leadingTerm(
                  network, order, 6, Removal.skippedStep(), CheckpointSpacing.everyStep()));
      assertFalse(Thread.interrupted());
      // Nor a first where x* comes last.
      BatchOrder last =
          BatchOrder.fixed(Fixtures.features(), TEN, 5, 1)
              .withForgetBatch(Batch.of(Fixtures.features(), 11), BatchOrder.Position.LAST);
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class,
          () -> unrolled.leadingTerm(network, last, 3, Removal.skippedStep()));
      assertFalse(Thread.interrupted());
    }
  }

  @Test
  void refusesStepsOutsideTheOrder() {
    BatchOrder order = Fixtures.order(Fixtures.features(), 4, 1, 1);
    UnrolledSgd unrolled = new UnrolledSgd(Objective.squaredError(), Schedule.constant(0.1));
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 5)) {
      for (int steps : new int[] {3, -1}) {
        assertThrows(IllegalArgumentException.class, () -> unrolled.expand(network, order, steps));
        assertThrows(IllegalArgumentException.class, () -> unrolled.cost(order, steps));
        assertThrows(
            IllegalArgumentException.class,
            () -> unrolled.leadingTerm(network, order, steps, Removal.skippedStep()));
      }
    }
  }
}
