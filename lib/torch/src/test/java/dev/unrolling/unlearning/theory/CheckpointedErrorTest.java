package dev.unrolling.unlearning.theory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.theory.CheckpointedError.Segment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class CheckpointedErrorTest {

  @Test
  void sumsSegmentsByHand() {
    // 0.1^2 * 2 * 6 * (5-1)/2 = 0.24, then 0.1^2 * 3 * 10 * (3-1)/2 = 0.3 with sigma (8 + 12) / 2,
    // then 0.2^2 * 1 * 12 * (2-1)/2 = 0.24 with the last sigma seen.
    List<Segment> segments =
        List.of(
            new Segment(0.1, 2, 5, List.of(-6.0)),
            new Segment(0.1, 3, 3, List.of(8.0, 12.0)),
            new Segment(0.2, 1, 2, List.of()));
    assertEquals(0.78, CheckpointedError.value(UnlearningError.published(), segments), 1e-12);
    // The one-eta form: 2.4 + 3 + 1.2.
    assertEquals(6.6, CheckpointedError.value(UnlearningError.oneEta(), segments), 1e-12);
    assertEquals(0, CheckpointedError.value(UnlearningError.oneEta(), List.of()));
    assertThrows(
        IllegalStateException.class,
        () -> CheckpointedError.value(UnlearningError.oneEta(), segments.subList(2, 3)));
  }

  /** Adds an eigenvalue after each step. */
  private static StepListener measuring(List<CheckpointedError> errors) {
    return new StepListener() {
      @Override
      public void afterStep(Step step, StepLosses losses) {
        errors.forEach(error -> error.addEigenvalue(step.index() + 1));
      }
    };
  }

  @Test
  void goesOnFromAnyStepToTheSameSegments() {
    BatchOrder order = Fixtures.order(Fixtures.features(), 4, 6, 1);
    SgdTrainer trainer =
        new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.1)).withMomentum(0.5);
    CheckpointSpacing spacing = new CheckpointSpacing(3);
    List<NetworkState> states = new ArrayList<>();
    List<CheckpointedError.Measured> measured = new ArrayList<>();
    List<ParameterVector> starts = new ArrayList<>();
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 1);
        ParameterVector start = network.weights();
        CheckpointedError whole = new CheckpointedError(spacing, start)) {
      StepListener stops =
          new StepListener() {
            @Override
            public void afterStep(Step step, StepLosses losses) {
              states.add(network.saveState());
              measured.add(whole.measured());
              starts.add(whole.segmentStart().copy());
            }
          };
      trainer.train(network, order, whole, measuring(List.of(whole)), stops);
      for (int done = 1; done < order.steps(); done++) {
        try (CheckpointedError resumed = new CheckpointedError(spacing, start);
            ParameterVector segmentStart = starts.get(done - 1)) {
          network.restore(states.get(done - 1));
          // What a new one had seen by then is forgotten.
          resumed.addEigenvalue(99);
          resumed.resume(measured.get(order.steps() - 1), start);
          resumed.resume(measured.get(done - 1), segmentStart);
          trainer.withFirstStep(done).train(network, order, resumed, measuring(List.of(resumed)));
          assertEquals(whole.segments(), resumed.segments(), "from step " + done);
        }
      }
    }
  }

  @Test
  void refusesAStepOutOfTurnAndAnotherStart() {
    BatchOrder order = Fixtures.order(Fixtures.features(), 4, 6, 1);
    SgdTrainer trainer = new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.1));
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 1);
        Network other = Fixtures.float64().network(Fixtures.linear(), 2);
        ParameterVector start = network.weights();
        CheckpointedError error = new CheckpointedError(new CheckpointSpacing(3), start)) {
      assertRefused("give it w_0", () -> trainer.train(other, order, error));
      assertRefused(
          "expects step 0, not step 2",
          () -> trainer.withFirstStep(2).train(network, order, error));
      trainer.train(network, order, error);
      // Two whole segments and one step of the third.
      assertRefused("expects step 7, not step 0", () -> trainer.train(network, order, error));
    }
  }

  private static void assertRefused(String part, Executable run) {
    String message = assertThrows(IllegalStateException.class, run).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void cutsARunAtItsCheckpoints() {
    BatchOrder order = Fixtures.order(Fixtures.features(), 4, 6, 1);
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 1);
        ParameterVector start = network.weights();
        CheckpointedError whole = new CheckpointedError(CheckpointSpacing.onlyAtStart(), start);
        CheckpointedError three = new CheckpointedError(new CheckpointSpacing(3), start);
        CheckpointedError each = new CheckpointedError(CheckpointSpacing.everyStep(), start)) {
      List<CheckpointedError> all = List.of(whole, three, each);
      assertEquals(List.of(), whole.segments());
      new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.1))
          .train(network, order, whole, three, each, measuring(all));
      try (ParameterVector end = network.weights()) {
        UnlearningError form = UnlearningError.published();
        List<Double> sigmas = List.of(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0);
        assertEquals(form.value(0.1, end.distance(start), 7, sigmas), whole.value(form), 1e-12);
        assertEquals(0, each.value(form));
        assertEquals(7, each.segments().size());
        List<Segment> segments = three.segments();
        assertEquals(List.of(3, 3, 1), segments.stream().map(Segment::steps).toList());
        assertEquals(List.of(4.0, 5.0, 6.0), segments.get(1).eigenvalues());
        assertTrue(three.value(form) > 0 && three.value(form) < whole.value(form));
        double path = segments.stream().mapToDouble(Segment::movement).sum();
        assertTrue(path >= end.distance(start));
      }
    }
  }
}
