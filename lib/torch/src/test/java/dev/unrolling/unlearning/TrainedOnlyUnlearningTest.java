package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.DivergenceException;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.baselines.GradientAscentUnlearning;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** Methods that have only w_t, the forget set and what stays: by hand, and on networks. */
class TrainedOnlyUnlearningTest {

  private static final Dataset POINTS = Fixtures.twoPoints();

  /** Prediction w x + c with w = 0.2 and c = 0.3; A = (1, 1), B = (2, 0); squared error. */
  private static Network line() {
    return Fixtures.float64()
        .network(Architectures.linear(1, 1), Nd4j.createFromArray(new double[] {0.2, 0.3}));
  }

  private static UnlearningRequest forgetA(Network line) {
    return UnlearningRequest.of(line, Batch.of(POINTS, 0)).withObjective(Objective.squaredError());
  }

  private static SgdPlan plan(double rate, int epochs, double momentum) {
    return new SgdPlan(Schedule.constant(rate), epochs, 4, momentum);
  }

  private static void assertUnlearned(
      UnlearningMethod method, UnlearningRequest request, double... expected) {
    NetworkState before = request.trained().saveState();
    try (Network unlearned = method.unlearn(request)) {
      NetworkState state = unlearned.saveState();
      assertArrayEquals(expected, state.weights().toDoubleVector(), 1e-15);
      assertTrue(state.velocity().isEmpty(), "no momentum is left to move M''");
    }
    assertTrue(Fixtures.sameBits(before, request.trained().saveState()), "M stays");
  }

  @Test
  void twoStepsOfAscentByHand() {
    // The residual of A is w + c - 1: -0.5, then -0.6; the gradient is (r, r).
    try (Network line = line()) {
      UnlearningRequest request = forgetA(line);
      assertUnlearned(
          new GradientAscentUnlearning(plan(0.1, 2, 0)), request, 0.2 - 0.11, 0.3 - 0.11);
      // With momentum 0.5 the second step follows 0.5 * -0.5 - 0.6 = -0.85.
      assertUnlearned(
          new GradientAscentUnlearning(plan(0.1, 2, 0.5)), request, 0.2 - 0.135, 0.3 - 0.135);
    }
  }

  @Test
  void ascentLeavesPenaltyAndDecayAlone() {
    try (Network line = line()) {
      assertUnlearned(
          new GradientAscentUnlearning(plan(0.1, 2, 0)),
          forgetA(line).withObjective(Objective.squaredError().withWeightDecay(0.5)),
          0.2 - 0.11,
          0.3 - 0.11);
    }
  }

  @Test
  void twoStepsOfFineTuningByHand() {
    // The residual of B is 2 w + c: 0.7, then 0.35; the gradient is (2 r, r).
    try (Network line = line()) {
      UnlearningRequest request = forgetA(line).withRetained(1);
      assertUnlearned(new FineTuningUnlearning(plan(0.1, 2, 0)), request, 0.2 - 0.21, 0.3 - 0.105);
      // With momentum 0.5 the second step follows 0.5 (1.4, 0.7) + (0.7, 0.35).
      assertUnlearned(new FineTuningUnlearning(plan(0.1, 2, 0.5)), request, 0.2 - 0.28, 0.3 - 0.14);
    }
  }

  @Test
  void fineTuningGoesOnWithTheObjectiveOfTraining() {
    // One step of decay 1: the gradient is (1.4 + 0.2, 0.7 + 0.3).
    try (Network line = line()) {
      assertUnlearned(
          new FineTuningUnlearning(plan(0.1, 1, 0)),
          forgetA(line).withRetained(1).withObjective(Objective.squaredError().withWeightDecay(1)),
          0.2 - 0.16,
          0.3 - 0.1);
    }
  }

  @Test
  void theVelocityOfTrainingMovesNothing() {
    try (Network line = line()) {
      // A step of momentum, so that there is a velocity; then back to the weights by hand.
      NetworkState at = line.saveState();
      line.step(Batch.of(POINTS, 1), Objective.squaredError(), new SgdStep(0.1, 0.9));
      NetworkState carried = line.saveState();
      assertFalse(carried.velocity().isEmpty());
      line.restore(new NetworkState(at.weights(), carried.runningStatistics(), carried.velocity()));
      assertUnlearned(new GradientAscentUnlearning(plan(0.1, 2, 0.5)), forgetA(line), 0.065, 0.165);
      assertUnlearned(
          new FineTuningUnlearning(plan(0.1, 2, 0.5)), forgetA(line).withRetained(1), -0.08, 0.16);
    }
  }

  @Test
  void onANetworkWithBatchNorm() {
    Dataset data = Fixtures.images();
    Batch forget = Batch.of(data, IntStream.range(0, 8).toArray());
    Batch retained = Batch.of(data, IntStream.range(8, 40).toArray());
    try (Network network =
        Fixtures.float32().network(Architectures.tanhCnnWithBatchNorm(4, 10), 1)) {
      UnlearningRequest request = UnlearningRequest.of(network, forget).withRetained(retained);
      double before = loss(network, forget);
      try (Network climbed = new GradientAscentUnlearning(plan(1e-3, 3, 0.9)).unlearn(request);
          Network tuned = new FineTuningUnlearning(plan(0.01, 3, 0.9)).unlearn(request)) {
        assertTrue(loss(climbed, forget) > before, "ascent");
        assertTrue(loss(tuned, retained) < loss(network, retained), "descent");
      }
      // Running statistics move as in a step of training.
      SgdPlan one = new SgdPlan(Schedule.constant(1e-3), 1, 8, 0);
      try (Network climbed = new GradientAscentUnlearning(one).unlearn(request);
          Network stepped = network.copy()) {
        int[] order = one.order(forget, 0).batch(0).indices();
        stepped.step(Batch.of(data, order), Objective.crossEntropy(), SgdStep.plain(1e-3));
        assertEquals(
            stepped.saveState().runningStatistics(), climbed.saveState().runningStatistics());
      }
    }
  }

  private static double loss(Network network, Batch batch) {
    try (var gradient = network.gradient(batch, Objective.crossEntropy(), Mode.TRAINING)) {
      return gradient.loss().value();
    }
  }

  @Test
  void aClassOfRealPicturesIsForgotten() {
    // A linear model that knows class 3; ascent makes it fail there, fine-tuning less sure.
    Dataset data = Fixtures.features();
    int[] forgotten = IntStream.range(0, data.size()).filter(i -> data.label(i) == 3).toArray();
    int[] kept = Subsets.rest(data, forgotten);
    Batch all = Batch.of(data, IntStream.range(0, data.size()).toArray());
    try (Network network = Fixtures.float32().network(Fixtures.linear(), 1)) {
      for (int i = 0; i < 100; i++) {
        network.step(all, Objective.crossEntropy(), SgdStep.plain(1));
      }
      UnlearningRequest request =
          UnlearningRequest.of(network, Batch.of(data, forgotten)).withRetained(kept);
      try (Network climbed = new GradientAscentUnlearning(plan(0.05, 3, 0)).unlearn(request);
          Network tuned = new FineTuningUnlearning(plan(0.1, 3, 0)).unlearn(request)) {
        double known = Evaluation.of(network, data, forgotten).accuracy();
        assertTrue(known > 0.5, () -> "it knew the class: " + known);
        assertTrue(Evaluation.of(climbed, data, forgotten).accuracy() < known / 2);
        assertTrue(
            Evaluation.of(tuned, data, forgotten).meanLoss()
                > Evaluation.of(network, data, forgotten).meanLoss());
        assertTrue(Evaluation.of(tuned, data, kept).accuracy() > 0.5);
      }
    }
  }

  @Test
  void aDestroyedNetworkIsAnError() {
    try (Network line = line()) {
      String message =
          assertThrows(
                  IllegalStateException.class,
                  () -> new GradientAscentUnlearning(plan(1e300, 3, 0)).unlearn(forgetA(line)))
              .getMessage();
      assertTrue(message.contains("after 1 of 3 steps"), message);
      assertTrue(message.contains("rate 1.0E300; lower the rate (try 1.0E299)"), message);
      // Looked at once an epoch, here after each third step.
      Batch three = Batch.of(Fixtures.tiny(new double[][] {{1}, {2}, {3}}, 1, 0, 1), 0, 1, 2);
      UnlearningRequest request =
          UnlearningRequest.of(line, three).withObjective(Objective.squaredError());
      SgdPlan one = new SgdPlan(Schedule.constant(1e300), 2, 1, 0);
      message =
          assertThrows(
                  IllegalStateException.class,
                  () -> new GradientAscentUnlearning(one).unlearn(request))
              .getMessage();
      assertTrue(message.contains("after 3 of 6 steps"), message);
      assertThrows(
          DivergenceException.class,
          () -> new FineTuningUnlearning(plan(1e300, 3, 0)).unlearn(forgetA(line).withRetained(1)));
    }
  }

  @Test
  void anInterruptStopsAscent() {
    try (Network line = line()) {
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class,
          () -> new GradientAscentUnlearning(plan(0.1, 2, 0)).unlearn(forgetA(line)));
      assertFalse(Thread.interrupted());
    }
  }
}
