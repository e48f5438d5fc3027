package dev.unrolling.unlearning;

import static dev.unrolling.training.Fixtures.slope;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.Removal.Divisor;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import dev.unrolling.unlearning.theory.Expansion;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SingleGradientUnlearningTest {

  private static final double[] RATES = {0.004, 0.002, 0.001, 0.0005};
  private static final Objective OBJECTIVE = Objective.crossEntropy();
  private static final int BATCH = 4;
  private static final int POINT = 2;

  /** Three batches an epoch, the first to be forgotten, in two epochs. */
  private static BatchOrder order() {
    return Fixtures.order(Fixtures.images(), BATCH, 2, 2);
  }

  /** Verification errors at each rate, and what is left of them once the leading term is off. */
  private record Sweep(double[] errors, double[] remainders) {}

  private static Sweep sweep(SingleGradientUnlearning method, double momentum, Removal removal) {
    double[] errors = new double[RATES.length];
    double[] remainders = new double[RATES.length];
    BatchOrder order = order();
    for (int i = 0; i < RATES.length; i++) {
      Schedule schedule = Schedule.constant(RATES[i]);
      SgdTrainer trainer = new SgdTrainer(OBJECTIVE, schedule).withMomentum(momentum);
      UnrolledSgd unrolled = new UnrolledSgd(OBJECTIVE, schedule);
      try (Network original = Fixtures.float64().network(Fixtures.tanh(), 5);
          Network retrained = original.copy();
          Expansion m = unrolled.expand(original, order, order.steps());
          Expansion n = unrolled.expandRetrained(original, order, order.steps(), removal);
          ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, removal)) {
        trainer.trainInLockStep(original, retrained, order, removal, recorder);
        try (ParameterVector unlearned = method.unlearnedWeights(recorder);
            ParameterVector target = retrained.weights();
            ParameterVector leading =
                m.unlearningRemainder(
                    n, recorder.startGradient(), recorder.factor(method.factor()))) {
          errors[i] = VerificationError.value(unlearned, target);
          remainders[i] = unlearned.addInPlace(-1, target).addInPlace(-1, leading).norm2();
        }
      }
    }
    return new Sweep(errors, remainders);
  }

  @Test
  void aBatchIsForgottenToSecondOrderAndThirdWithItsLeadingTerm() {
    Sweep sweep = sweep(new SingleGradientUnlearning(), 0, Removal.skippedStep());
    assertEquals(2, slope(RATES, sweep.errors), 0.1);
    assertEquals(3, slope(RATES, sweep.remainders), 0.1);
  }

  @Test
  void aZeroGradientIsTheSameWithoutMomentum() {
    Sweep skipped = sweep(new SingleGradientUnlearning(), 0, Removal.skippedStep());
    Sweep zero = sweep(new SingleGradientUnlearning(), 0, Removal.zeroGradient());
    for (int i = 0; i < RATES.length; i++) {
      assertEquals(skipped.errors[i], zero.errors[i], 1e-14);
    }
  }

  @Test
  void aPointIsForgottenToSecondOrderIfTheDivisorIsKept() {
    Sweep sweep =
        sweep(new SingleGradientUnlearning(), 0, Removal.point(POINT, Divisor.FULL_BATCH));
    assertEquals(2, slope(RATES, sweep.errors), 0.1);
    assertEquals(3, slope(RATES, sweep.remainders), 0.1);
  }

  @Test
  void aPointIsForgottenToFirstOrderOnlyIfTheRestWeighsMore() {
    Sweep sweep = sweep(new SingleGradientUnlearning(), 0, Removal.point(POINT, Divisor.REMAINING));
    assertEquals(1, slope(RATES, sweep.errors), 0.1);
    assertEquals(3, slope(RATES, sweep.remainders), 0.1);
  }

  @Test
  void theFirstOrderRemainderOfAPointIsTheOtherPointsGradients() {
    // eta / (b (b - 1)) times the sum of the other points' gradients, at each of the two visits.
    double rate = 0.03;
    BatchOrder order = order();
    Removal removal = Removal.point(POINT, Divisor.REMAINING);
    SgdTrainer trainer = new SgdTrainer(OBJECTIVE, Schedule.constant(rate));
    UnrolledSgd unrolled = new UnrolledSgd(OBJECTIVE, trainer.schedule());
    try (Network network = Fixtures.float64().network(Fixtures.tanh(), 5);
        Expansion m = unrolled.expand(network, order, order.steps());
        Expansion n = unrolled.expandRetrained(network, order, order.steps(), removal);
        ForgettingRecorder recorder = new ForgettingRecorder(network, order, trainer, removal);
        LossGradient others =
            network.gradient(
                order.forgetBatch().without(POINT).averagedOver(1), OBJECTIVE, Mode.TRAINING);
        ParameterVector left =
            m.gradientPart()
                .copy()
                .addInPlace(-1, n.gradientPart())
                .addInPlace(2 * rate, recorder.startGradient())) {
      double expected = 2 * rate / (BATCH * (BATCH - 1));
      assertTrue(left.norm2() > 1e-4);
      left.addInPlace(-expected, others.gradient());
      assertEquals(0, left.norm2(), 1e-15);
    }
  }

  @Test
  void withMomentumOnlyTheCorrectedFactorIsSecondOrder() {
    Sweep corrected =
        sweep(
            new SingleGradientUnlearning(GradientFactor.MOMENTUM_CORRECTED),
            0.9,
            Removal.zeroGradient());
    Sweep published = sweep(new SingleGradientUnlearning(), 0.9, Removal.zeroGradient());
    assertEquals(2, slope(RATES, corrected.errors), 0.1);
    assertEquals(1, slope(RATES, published.errors), 0.1);
  }

  @Test
  void withMomentumASkippedStepLeavesAFirstOrderTerm() {
    Sweep skipped =
        sweep(
            new SingleGradientUnlearning(GradientFactor.MOMENTUM_CORRECTED),
            0.9,
            Removal.skippedStep());
    assertEquals(1, slope(RATES, skipped.errors), 0.1);
  }

  @Test
  void theFactorsByHand() {
    // eta 0.1, mu 0.5, t = 4, visits at 0 and 2: (1 - 0.5^4) / 0.5 + (1 - 0.5^2) / 0.5 = 1.875 +
    // 1.5
    List<Double> rates = Collections.nCopies(4, 0.1);
    int[] visits = {0, 2};
    assertEquals(0.3375, GradientFactor.MOMENTUM_CORRECTED.value(rates, visits, 0.5), 1e-16);
    assertEquals(0.2, GradientFactor.SUM_OF_RATES.value(rates, visits, 0.5), 1e-16);
    assertEquals(0.2, GradientFactor.MOMENTUM_CORRECTED.value(rates, visits, 0), 1e-16);
    // After two steps the second visit is still to come: 0.1 (1 + 0.5).
    assertEquals(
        0.15, GradientFactor.MOMENTUM_CORRECTED.value(rates.subList(0, 2), visits, 0.5), 1e-16);
    assertEquals(0.1, GradientFactor.SUM_OF_RATES.value(rates.subList(0, 2), visits, 0.5), 1e-16);
    // Rates 1, 0.1, 0.01 and a visit at 1: 0.1 + 0.5 * 0.01.
    List<Double> falling = List.of(1., 0.1, 0.01);
    assertEquals(
        0.105, GradientFactor.MOMENTUM_CORRECTED.value(falling, new int[] {1}, 0.5), 1e-16);
    assertEquals(0.1, GradientFactor.SUM_OF_RATES.value(falling, new int[] {1}, 0.5), 1e-16);
  }

  @Test
  void theRecorderCountsTheFactorsOnTheWay() {
    BatchOrder order = order();
    SgdTrainer trainer =
        new SgdTrainer(OBJECTIVE, Schedule.stepDecay(0.02, 0.5, 1)).withMomentum(0.7);
    try (Network network = Fixtures.float64().network(Fixtures.tanh(), 5);
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, Removal.zeroGradient())) {
      trainer.train(
          network,
          order,
          recorder,
          new StepListener() {
            @Override
            public void afterStep(Step step, StepLosses losses) {
              List<Double> rates =
                  IntStream.range(0, step.stepsDone())
                      .mapToObj(i -> trainer.schedule().rate(order, i))
                      .toList();
              for (GradientFactor factor : GradientFactor.values()) {
                assertEquals(
                    factor.value(rates, order.forgetVisits(), 0.7), recorder.factor(factor), 1e-16);
              }
              assertEquals(step.stepsDone(), recorder.stepsDone());
              assertEquals(step.index() < 3 ? 1 : 2, recorder.visits());
            }
          });
      assertEquals(0.03, recorder.factor(GradientFactor.SUM_OF_RATES), 1e-16);
    }
  }

  @Test
  void theGradientIsTakenAtTheStartAndNotAfterAStep() {
    BatchOrder order = order();
    SgdTrainer trainer = new SgdTrainer(OBJECTIVE, Schedule.constant(0.1));
    try (Network network = Fixtures.float64().network(Fixtures.tanh(), 5);
        LossGradient atStart = network.gradient(order.forgetBatch(), OBJECTIVE, Mode.TRAINING);
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, Removal.skippedStep())) {
      trainer.train(network, order, recorder);
      assertEquals(0, recorder.startGradient().distance(atStart.gradient()));
      try (LossGradient later = network.gradient(order.forgetBatch(), OBJECTIVE, Mode.TRAINING);
          ParameterVector w = new SingleGradientUnlearning().unlearnedWeights(recorder);
          ParameterVector byHand =
              SingleGradientUnlearning.unlearnedWeights(
                  network.weights(), atStart.gradient(), 0.2)) {
        assertTrue(recorder.startGradient().distance(later.gradient()) > 1e-3);
        assertEquals(0, w.distance(byHand), 1e-15);
      }
    }
  }

  @Test
  void weightDecayIsUndoneOnlyWhereTheRetrainedModelDidNotDecay() {
    BatchOrder order = order();
    SgdTrainer trainer = new SgdTrainer(OBJECTIVE.withWeightDecay(0.5), Schedule.constant(0.01));
    for (Removal removal :
        new Removal[] {
          Removal.skippedStep(), Removal.zeroGradient(), Removal.point(POINT, Divisor.FULL_BATCH)
        }) {
      double[] errors = new double[RATES.length];
      for (int i = 0; i < RATES.length; i++) {
        SgdTrainer slower = trainer.withSchedule(Schedule.constant(RATES[i]));
        try (Network original = Fixtures.float64().network(Fixtures.tanh(), 5);
            Network retrained = original.copy();
            ForgettingRecorder recorder =
                new ForgettingRecorder(original, order, slower, removal)) {
          slower.trainInLockStep(original, retrained, order, removal, recorder);
          try (Network unlearned = new SingleGradientUnlearning().unlearnedNetwork(recorder)) {
            errors[i] = VerificationError.value(unlearned, retrained);
          }
        }
      }
      assertEquals(2, slope(RATES, errors), 0.1, removal::toString);
    }
  }

  @Test
  void aRecorderThatMissedAStepSaysSo() {
    BatchOrder order = order();
    SgdTrainer trainer = new SgdTrainer(OBJECTIVE, Schedule.constant(0.01));
    try (Network network = Fixtures.float64().network(Fixtures.tanh(), 5);
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, Removal.skippedStep())) {
      assertThrows(
          IllegalStateException.class,
          () -> trainer.withFirstStep(1).train(network, order, recorder));
    }
  }
}
