package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.curvature.DominantEigenvalue;
import dev.unrolling.curvature.Lanczos;
import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architecture;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.Removal.Divisor;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.HessianSchedule;
import dev.unrolling.unlearning.recording.TrajectoryRecorder;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Claim 2.10: exact on quadratics at any rate, of second order in what is forgotten elsewhere. */
class TrajectoryUnlearningTest {

  private static final Engine LINEAR = Engines.open("linear", "cpu", Precision.FLOAT64);
  private static final Objective QUADRATIC = Objective.squaredError().withWeightDecay(0.01);

  /** Three epochs of x* and four other batches of 8. */
  private static BatchOrder order(Batch forget) {
    BatchOrder others =
        BatchOrder.byKeys(
            Fixtures.features(), java.util.stream.IntStream.range(8, 40).toArray(), 8, 3, 1);
    return others.withForgetBatch(forget, BatchOrder.Position.MIDDLE);
  }

  private static Batch forget() {
    return Batch.of(Fixtures.features(), 0, 1, 2, 3, 4, 5, 6, 7);
  }

  /** A rate at which the largest eigenvalue of any batch is 1.9 times its inverse. */
  private static double limit(Network network, BatchOrder order) {
    double most = 0;
    for (int i = 0; i < order.batchesPerEpoch(); i++) {
      try (LinearOperator hessian = network.hessian(order.batch(i), QUADRATIC, Mode.TRAINING);
          DominantEigenvalue top = new Lanczos().withTolerance(1e-8).dominant(hessian)) {
        most = Math.max(most, top.value());
      }
    }
    return 1.9 / most;
  }

  static Stream<Arguments> runs() {
    List<Removal> removals =
        List.of(
            Removal.skippedStep(), Removal.zeroGradient(), Removal.point(3, Divisor.FULL_BATCH));
    return removals.stream().flatMap(r -> Stream.of(0.0, 0.9).map(m -> Arguments.of(r, m)));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void isExactOnQuadratics(Removal removal, double momentum) {
    BatchOrder order = order(forget());
    try (Network model = LINEAR.network(Fixtures.linear(), 1);
        Network retrained = model.copy()) {
      SgdTrainer trainer =
          new SgdTrainer(
                  QUADRATIC, Schedule.stepDecay((1 - momentum) * limit(model, order), 0.5, 2))
              .withMomentum(momentum);
      try (ForgettingRecorder recorder =
              new ForgettingRecorder(model, order, trainer, removal, Mode.EVALUATION);
          TrajectoryRecorder trajectory = new TrajectoryRecorder(recorder)) {
        trainer.trainInLockStep(model, retrained, order, removal, recorder, trajectory);
        TrajectoryUnlearning carried = new TrajectoryUnlearning(trajectory);
        double distance = apart(model.saveState(), retrained.saveState(), false);
        try (Network unlearned = carried.unlearnedNetwork(recorder);
            Network replayed = new TrajectoryUnlearning().unlearnedNetwork(recorder)) {
          NetworkState expected = retrained.saveState();
          assertTrue(distance > 1e-3);
          assertEquals(0, apart(expected, unlearned.saveState(), false), 1e-12 * (1 + distance));
          assertEquals(0, apart(expected, unlearned.saveState(), true), 1e-11 * (1 + distance));
          assertTrue(Fixtures.sameBits(unlearned.saveState(), replayed.saveState()));
        }
        RecordedUnlearning single = new SingleGradientUnlearning();
        try (ParameterVector weights = single.unlearnedWeights(recorder);
            ParameterVector wanted = retrained.weights()) {
          double v = weights.distance(wanted);
          assertEquals(v, carried.predictedError(single, recorder), 1e-9 * v);
        }
        assertTrue(trajectory.products() > 0);
      }
    }
  }

  private static double apart(NetworkState one, NetworkState other, boolean velocity) {
    var first = velocity ? one.velocity() : one.weights();
    var second = velocity ? other.velocity() : other.weights();
    return first.isEmpty() ? 0 : first.distance2(second);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void resumesToTheSameBits(int every) {
    HessianSchedule schedule = HessianSchedule.everyStep().withEvery(every);
    BatchOrder order = order(forget());
    SgdTrainer trainer = new SgdTrainer(QUADRATIC, Schedule.constant(0.02)).withMomentum(0.9);
    Removal removal = Removal.skippedStep();
    try (Network whole = LINEAR.network(Fixtures.linear(), 1);
        Network first = whole.copy();
        Network second = whole.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(whole, order, trainer, removal);
        ForgettingRecorder early = new ForgettingRecorder(first, order, trainer, removal);
        ForgettingRecorder late = new ForgettingRecorder(second, order, trainer, removal);
        TrajectoryRecorder unbroken = new TrajectoryRecorder(recorder, schedule);
        TrajectoryRecorder begun = new TrajectoryRecorder(early, schedule);
        TrajectoryRecorder resumed = new TrajectoryRecorder(late, schedule)) {
      trainer.train(whole, order, recorder, unbroken);
      trainer.train(first, order, 8, early, begun);
      assertThrows(IllegalArgumentException.class, () -> begun.resume(begun.collected()));
      late.resume(early.collected());
      resumed.resume(begun.collected());
      second.restore(first.saveState());
      trainer.withFirstStep(8).train(second, order, late, resumed);
      assertEquals(unbroken.products(), resumed.products());
      List<double[]> expected = vectors(unbroken);
      List<double[]> actual = vectors(resumed);
      assertEquals(every == 1 ? 2 : 3, expected.size());
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), actual.get(i));
      }
      assertThrows(
          IllegalStateException.class,
          () -> new TrajectoryUnlearning(begun).unlearnedWeights(recorder));
      assertThrows(IllegalStateException.class, () -> new TrajectoryRecorder(recorder));
    }
  }

  private static List<double[]> vectors(TrajectoryRecorder recorder) {
    return recorder.collected().vectors().stream().map(v -> v.toDoubleVector()).toList();
  }

  /** v of both methods on a smooth network, where x* weighs 8 / divisor. */
  private static double[] errors(int divisor) {
    Architecture smooth = Fixtures.tanh();
    Batch forget = Batch.of(Fixtures.images(), 0, 1, 2, 3, 4, 5, 6, 7).averagedOver(divisor);
    BatchOrder order =
        BatchOrder.fixed(Fixtures.images(), java.util.stream.IntStream.range(8, 40).toArray(), 8, 2)
            .withForgetBatch(forget, BatchOrder.Position.FIRST);
    SgdTrainer trainer = new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.1));
    Removal removal = Removal.skippedStep();
    try (Network model = Fixtures.float64().network(smooth, 1);
        Network retrained = model.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(model, order, trainer, removal);
        TrajectoryRecorder trajectory = new TrajectoryRecorder(recorder)) {
      trainer.trainInLockStep(model, retrained, order, removal, recorder, trajectory);
      RecordedUnlearning along = new TrajectoryUnlearning(trajectory);
      RecordedUnlearning single = new SingleGradientUnlearning();
      try (ParameterVector wanted = retrained.weights();
          ParameterVector near = along.unlearnedWeights(recorder);
          ParameterVector far = single.unlearnedWeights(recorder)) {
        return new double[] {near.distance(wanted), far.distance(wanted)};
      }
    }
  }

  @Test
  void theErrorIsOfSecondOrderInWhatIsForgotten() {
    double[] weights = {1, 0.5, 0.25, 0.125};
    double[] along = new double[4];
    double[] single = new double[4];
    for (int i = 0; i < 4; i++) {
      double[] both = errors((int) (8 / weights[i]));
      along[i] = both[0];
      single[i] = both[1];
    }
    assertEquals(2, Fixtures.slope(weights, along), 0.15);
    assertEquals(1, Fixtures.slope(weights, single), 0.15);
    assertTrue(along[0] < 0.3 * single[0]);
  }
}
