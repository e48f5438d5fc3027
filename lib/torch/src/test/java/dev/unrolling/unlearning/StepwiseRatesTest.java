package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.training.schedule.Schedules;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import dev.unrolling.unlearning.theory.Expansion;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was written for rates of whole epochs, where the rate changes at every step. */
class StepwiseRatesTest {

  @ParameterizedTest
  @ValueSource(strings = {"cosine(rate=0.1, floor=0.01)", "one-cycle(peak=0.1, division=5)"})
  void retrainingIsExactAtEachStep(String rates) {
    BatchOrder order = Fixtures.order(Fixtures.features(), 4, 2, 2);
    Removal removal = Removal.skippedStep();
    SgdTrainer trainer = new SgdTrainer(Objective.crossEntropy(), Schedules.named(rates));
    for (int steps = 1; steps < order.steps(); steps++) {
      try (Network original = Fixtures.float64().network(Fixtures.linear(), 3);
          Network retrained = original.copy();
          ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, removal)) {
        trainer.trainInLockStep(original, retrained, order, removal, recorder);
        try (Network again = new Retraining().unlearnedNetwork(recorder)) {
          assertEquals(0, VerificationError.value(again, retrained));
        }
        Schedule schedule = trainer.schedule();
        double visits = schedule.rate(order, 0) + schedule.rate(order, 3);
        assertEquals(visits, recorder.factor(GradientFactor.SUM_OF_RATES), 1e-15);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cosine(rate=0.1)", "one-cycle(peak=0.1)"})
  void anUnrolledQuadraticIsExact(String rates) {
    BatchOrder order = Fixtures.order(Fixtures.features(), 4, 2, 2);
    Schedule schedule = Schedules.named(rates);
    SgdTrainer trainer = new SgdTrainer(Objective.squaredError(), schedule);
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 3);
        Network start = network.copy();
        ParameterVector before = network.weights()) {
      trainer.train(network, order);
      try (Expansion expansion =
              new UnrolledSgd(Objective.squaredError(), schedule)
                  .expand(start, order, order.steps());
          ParameterVector reached = network.weights()) {
        assertTrue(reached.distance(before) > 1e-3);
        assertEquals(0, expansion.secondOrderRemainder(reached), 1e-14);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cosine(rate=0.1)", "one-cycle(peak=0.1)"})
  void aResumedRunHasTheRatesOfTheWhole(String rates) {
    BatchOrder order = Fixtures.order(Fixtures.features(), 4, 2, 2);
    SgdTrainer trainer = new SgdTrainer(Objective.crossEntropy(), Schedules.named(rates));
    try (Network whole = Fixtures.float64().network(Fixtures.linear(), 3);
        Network rest = whole.copy()) {
      List<Double> all = trainer.train(whole, order).rates();
      NetworkState half;
      try (Network first = rest.copy()) {
        for (int i = 0; i < 4; i++) {
          first.step(
              order.batch(i),
              trainer.objective(0),
              SgdStep.plain(trainer.schedule().rate(order, i)));
        }
        half = first.saveState();
      }
      rest.restore(half);
      assertEquals(all.subList(4, 6), trainer.withFirstStep(4).train(rest, order).rates());
      assertTrue(Fixtures.sameBits(whole.saveState(), rest.saveState()));
    }
  }
}
