package dev.unrolling.unlearning.recording;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.curvature.DominantEigenvalue;
import dev.unrolling.curvature.Lanczos;
import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.AmnesiacUnlearning;
import dev.unrolling.unlearning.RecordedUnlearning;
import dev.unrolling.unlearning.TrajectoryUnlearning;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Cheaper products along the trajectory: where they lose nothing, and what they lose. */
class HessianScheduleTest {

  private static final Engine LINEAR = Engines.open("linear", "cpu", Precision.FLOAT64);
  private static final Objective QUADRATIC = Objective.squaredError().withWeightDecay(0.05);
  private static final HessianSchedule WHOLE = HessianSchedule.everyStep();
  private static final int SHARED = 24;

  /** x* is the first four examples; the other batches are two examples, each of them twice. */
  private static BatchOrder doubled(boolean alike) {
    Random random = new Random(3);
    double[][] rows = new double[4 * (SHARED + 1)][3];
    int[] labels = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int half = alike && i > 7 ? 4 + i % 2 : i - 2;
      boolean again = alike ? i > 5 : i > 3 && i % 4 > 1;
      rows[i] = again ? Arrays.copyOf(rows[half], 3) : random.doubles(3, -1, 1).toArray();
      labels[i] = i % 2;
    }
    Dataset data = Fixtures.tiny(rows, labels);
    return BatchOrder.fixed(data, IntStream.range(4, data.size()).toArray(), 4, 2)
        .withForgetBatch(Batch.of(data, 0, 1, 2, 3), BatchOrder.Position.FIRST);
  }

  private static double sigma(Network network, BatchOrder order) {
    try (LinearOperator hessian = network.hessian(order.batch(1), QUADRATIC, Mode.TRAINING);
        DominantEigenvalue top = new Lanczos().withTolerance(1e-10).dominant(hessian)) {
      return top.value();
    }
  }

  /** v of a schedule, over the forgetting distance. */
  private static double leftOver(
      BatchOrder order, double rateTimesSigma, HessianSchedule schedule) {
    return leftOver(order, rateTimesSigma, 0, new TrajectoryUnlearning(schedule));
  }

  private static double leftOver(
      BatchOrder order, double rateTimesSigma, double momentum, RecordedUnlearning method) {
    try (Network model = LINEAR.network(Architectures.linear(3, 2), 1);
        Network retrained = model.copy()) {
      double rate = rateTimesSigma / sigma(model, order);
      SgdTrainer trainer =
          new SgdTrainer(QUADRATIC, Schedule.constant(rate)).withMomentum(momentum);
      Removal removal = Removal.skippedStep();
      try (ForgettingRecorder recorder = new ForgettingRecorder(model, order, trainer, removal)) {
        trainer.trainInLockStep(model, retrained, order, removal, recorder);
        try (ParameterVector wanted = retrained.weights();
            ParameterVector unlearned = method.unlearnedWeights(recorder);
            ParameterVector weights = model.weights()) {
          return unlearned.distance(wanted) / weights.distance(wanted);
        }
      }
    }
  }

  @Test
  void aPartThatStandsForItsBatchLosesNothing() {
    RecordedUnlearning half = new TrajectoryUnlearning(WHOLE.withExamples(2));
    RecordedUnlearning one = new TrajectoryUnlearning(WHOLE.withExamples(1));
    for (double momentum : new double[] {0, 0.5}) {
      assertEquals(0, leftOver(doubled(false), 0.5, momentum, half), 1e-12);
      assertTrue(leftOver(doubled(false), 0.5, momentum, one) > 0.01);
    }
  }

  /**
   * Of the exact factor (1 - eta lambda)^k a product that stands for k steps has 1 - k eta lambda.
   */
  @Test
  void whatSeldomProductsLoseIsOfSecondOrder() {
    double[] rates = {0.002, 0.001, 0.0005};
    double[] seldom = new double[rates.length];
    double[] never = new double[rates.length];
    for (int i = 0; i < rates.length; i++) {
      seldom[i] = leftOver(doubled(true), rates[i], WHOLE.withEvery(3));
      never[i] = leftOver(doubled(true), rates[i], 0, new AmnesiacUnlearning());
    }
    assertEquals(2, Fixtures.slope(rates, seldom), 0.1);
    assertEquals(1, Fixtures.slope(rates, never), 0.1);
    assertEquals(0, leftOver(doubled(true), 1.9, WHOLE), 1e-9);
  }

  @Test
  void seldomProductsGrowWithoutBoundWhereTheRateIsLarge() {
    assertTrue(leftOver(doubled(true), 0.45, WHOLE.withEvery(4)) < 1);
    assertTrue(leftOver(doubled(true), 0.9, WHOLE.withEvery(4)) > 100);
  }

  @Test
  void aScheduleOfAllIsTheDefaultToTheBit() {
    BatchOrder order = doubled(false);
    SgdTrainer trainer = new SgdTrainer(QUADRATIC, Schedule.constant(0.1)).withMomentum(0.5);
    Removal removal = Removal.zeroGradient();
    try (Network model = LINEAR.network(Architectures.linear(3, 2), 1);
        ForgettingRecorder recorder = new ForgettingRecorder(model, order, trainer, removal);
        TrajectoryRecorder usual = new TrajectoryRecorder(recorder);
        TrajectoryRecorder all = new TrajectoryRecorder(recorder, WHOLE.withExamples(4));
        TrajectoryRecorder quarter = new TrajectoryRecorder(recorder, WHOLE.withExamples(1));
        TrajectoryRecorder third = new TrajectoryRecorder(recorder, WHOLE.withEvery(3))) {
      trainer.train(model, order, recorder, usual, all, quarter, third);
      double[] expected = usual.difference().toArray().toDoubleVector();
      assertArrayEquals(expected, all.difference().toArray().toDoubleVector());
      // Two epochs of 24 batches of 4 after a visit.
      assertEquals(2 * SHARED * 4, usual.products());
      assertEquals(usual.products(), all.products());
      assertEquals(2 * SHARED, quarter.products());
      assertEquals(2 * SHARED / 3 * 4, third.products());
      for (TrajectoryRecorder cheap : List.of(quarter, third)) {
        assertTrue(cheap.difference().distance(usual.difference()) > 1e-6);
        try (ParameterVector carried = new TrajectoryUnlearning(cheap).unlearnedWeights(recorder);
            ParameterVector replayed =
                new TrajectoryUnlearning(cheap.schedule()).unlearnedWeights(recorder)) {
          assertEquals(0, carried.distance(replayed));
        }
      }
    }
    assertThrows(IllegalArgumentException.class, () -> WHOLE.withEvery(0));
    assertThrows(IllegalArgumentException.class, () -> WHOLE.withExamples(0));
    assertThrows(IllegalArgumentException.class, () -> order.batch(1).first(5));
  }

  /** The divisor stays in proportion: a batch without a point, averaged over what it was. */
  @Test
  void aPartKeepsTheDivisorInProportion() {
    Batch batch = doubled(false).batch(1);
    assertEquals(2, batch.first(2).averagedOver());
    assertEquals(4, batch.averagedOver(8).first(2).averagedOver());
    assertEquals(1, batch.averagedOver(1).first(1).averagedOver());
    assertArrayEquals(Arrays.copyOf(batch.indices(), 3), batch.first(3).indices());
    assertEquals(batch, batch.first(4));
  }
}
