package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.curvature.DominantEigenvalue;
import dev.unrolling.curvature.FunctionProduct;
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
import dev.unrolling.unlearning.KrylovUnlearning.HessianAt;
import dev.unrolling.unlearning.recording.DerivativeCost;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Claim 2.11 where it is exact, at its limits, and with options that cannot be. */
class KrylovUnlearningTest {

  private static final Engine LINEAR = Engines.open("linear", "cpu", Precision.FLOAT64);
  private static final int BATCHES = 12;

  /** The first four examples are x*; the next four come again and again: full-batch descent. */
  private static final Dataset REPEATED = repeated();

  private static Dataset repeated() {
    Random random = new Random(3);
    double[][] rows = new double[4 * (BATCHES + 1)][3];
    int[] labels = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i < 8 ? random.doubles(3, -1, 1).toArray() : Arrays.copyOf(rows[4 + i % 4], 3);
      labels[i] = i % 2;
    }
    return Fixtures.tiny(rows, labels);
  }

  private static BatchOrder order() {
    return order(1);
  }

  private static BatchOrder order(int epochs) {
    return BatchOrder.fixed(REPEATED, IntStream.range(4, REPEATED.size()).toArray(), 4, epochs)
        .withForgetBatch(Batch.of(REPEATED, 0, 1, 2, 3), BatchOrder.Position.FIRST);
  }

  private static double sigma(Network network, Objective objective) {
    try (LinearOperator hessian = network.hessian(order().batch(1), objective, Mode.TRAINING);
        DominantEigenvalue top = new Lanczos().withTolerance(1e-10).dominant(hessian)) {
      return top.value();
    }
  }

  @ParameterizedTest
  @CsvSource({"0, false", "0, true", "0.9, false", "0.5, true"})
  void isExactForFullBatchDescentOnAQuadratic(double momentum, boolean zeroGradient) {
    Objective objective = Objective.squaredError().withWeightDecay(0.05);
    Removal removal = zeroGradient || momentum > 0 ? Removal.zeroGradient() : Removal.skippedStep();
    try (Network model = LINEAR.network(Architectures.linear(3, 2), 1);
        Network retrained = model.copy()) {
      double rate = 1.9 / sigma(model, objective);
      SgdTrainer trainer =
          new SgdTrainer(objective, Schedule.stepDecay(rate, 0.5, 1)).withMomentum(momentum);
      try (ForgettingRecorder recorder = new ForgettingRecorder(model, order(), trainer, removal)) {
        trainer.trainInLockStep(model, retrained, order(), removal, recorder);
        KrylovUnlearning exact = new KrylovUnlearning().withoutClipping().withProducts(8);
        try (ParameterVector wanted = retrained.weights();
            ParameterVector unlearned = exact.unlearnedWeights(recorder);
            ParameterVector clipped = new KrylovUnlearning().unlearnedWeights(recorder);
            ParameterVector few = exact.withProducts(1).unlearnedWeights(recorder);
            FunctionProduct undone = exact.undone(recorder)) {
          double distance = model.weights().distance(wanted);
          assertEquals(0, unlearned.distance(wanted), 1e-12 * distance);
          assertTrue(undone.error() <= 1e-10 * distance);
          // What is 1.9 times the inverse rate turns its sign at each step, and may not here.
          assertTrue(clipped.distance(wanted) > 1e-6 * distance);
          assertTrue(few.distance(wanted) > 1e-6 * distance);
        }
      }
    }
  }

  /** With one Hessian the recursion can be taken step by step, a product each. */
  @ParameterizedTest
  @CsvSource({"0, false", "0, true", "0.5, true"})
  void takesEachVisitAsItsRemovalHasIt(double momentum, boolean zeroGradient) {
    Objective objective = Objective.squaredError().withWeightDecay(0.3);
    // Whoever skips a step skips its decay too.
    Objective forgotten = zeroGradient ? objective.withWeightDecay(0) : objective;
    Removal removal = zeroGradient ? Removal.zeroGradient() : Removal.skippedStep();
    BatchOrder order = order(2);
    double rate = 0.1;
    SgdTrainer trainer = new SgdTrainer(objective, Schedule.constant(rate)).withMomentum(momentum);
    try (Network model = LINEAR.network(Architectures.linear(3, 2), 1);
        Network start = model.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(model, order, trainer, removal)) {
      trainer.train(model, order, recorder);
      KrylovUnlearning exact = new KrylovUnlearning().withoutClipping().withProducts(8);
      try (ParameterVector difference = start.weights().scaleInPlace(0);
          ParameterVector velocity = difference.copy();
          ParameterVector gradient =
              start.gradient(order.forgetBatch(), forgotten, Mode.TRAINING).gradient();
          FunctionProduct undone = exact.undone(recorder)) {
        for (int i = 0; i < order.steps(); i++) {
          boolean visit = order.isForgetVisit(i);
          try (ParameterVector pull =
              visit
                  ? difference.copy().scaleInPlace(zeroGradient ? 0.3 : 0)
                  : start.hessianVectorProduct(
                      order.batch(i), objective, Mode.TRAINING, difference)) {
            velocity.scaleInPlace(momentum).addInPlace(1, pull);
          }
          if (visit) {
            velocity.addInPlace(-1, gradient);
          }
          difference.addInPlace(-rate, velocity);
        }
        assertEquals(0, undone.value().distance(difference), 1e-12 * difference.norm2());
      }
    }
  }

  @Test
  void isSingleGradientUnlearningInTheLimitOfNoRate() {
    double[] rates = {1e-2, 1e-3, 1e-4};
    double[] apart = new double[rates.length];
    for (int i = 0; i < rates.length; i++) {
      BatchOrder order = Fixtures.order(Fixtures.images(), 8, 4, 2);
      SgdTrainer trainer =
          new SgdTrainer(Objective.crossEntropy().withGamma(2), Schedule.constant(rates[i]));
      try (Network model = Fixtures.float64().network(Fixtures.tanh(), 1);
          ForgettingRecorder recorder =
              new ForgettingRecorder(model, order, trainer, Removal.skippedStep())) {
        trainer.train(model, order, recorder);
        try (ParameterVector one = new KrylovUnlearning().unlearnedWeights(recorder);
            ParameterVector single = new SingleGradientUnlearning().unlearnedWeights(recorder);
            ParameterVector weights = model.weights()) {
          apart[i] = one.distance(single) / weights.distance(single);
        }
      }
    }
    assertEquals(1, Fixtures.slope(rates, apart), 0.05);
  }

  @Test
  void eachOptionChangesTheResultAndTheCost() {
    BatchOrder order = Fixtures.order(Fixtures.images(), 8, 4, 2);
    SgdTrainer trainer = new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.1));
    try (Network model = Fixtures.float64().network(Architectures.tanhCnnWithBatchNorm(4, 10), 1);
        ForgettingRecorder recorder =
            new ForgettingRecorder(model, order, trainer, Removal.skippedStep())) {
      KrylovUnlearning usual = new KrylovUnlearning().withExamples(16).withProducts(6);
      assertThrows(IllegalStateException.class, () -> usual.unlearnedWeights(recorder));
      trainer.train(model, order, recorder);
      try (ParameterVector expected = usual.unlearnedWeights(recorder)) {
        for (KrylovUnlearning other :
            new KrylovUnlearning[] {
              usual.withProducts(2),
              usual.withExamples(8),
              usual.withHessianAt(HessianAt.END),
              usual.withHessianAt(HessianAt.BOTH),
              usual.withMode(Mode.EVALUATION),
              usual.withoutClipping()
            }) {
          try (ParameterVector changed = other.unlearnedWeights(recorder)) {
            assertTrue(changed.distance(expected) > 1e-6 * expected.norm2(), other.toString());
          }
        }
        try (ParameterVector start = usual.withHessianAt(HessianAt.END).unlearnedWeights(recorder);
            ParameterVector both = usual.withHessianAt(HessianAt.BOTH).unlearnedWeights(recorder)) {
          start.addInPlace(1, expected).scaleInPlace(0.5);
          assertEquals(0, start.distance(both), 1e-12 * both.norm2());
        }
        try (FunctionProduct start = usual.undone(recorder);
            FunctionProduct end = usual.withHessianAt(HessianAt.END).undone(recorder);
            FunctionProduct both = usual.withHessianAt(HessianAt.BOTH).undone(recorder)) {
          assertEquals((start.error() + end.error()) / 2, both.error(), 1e-12 * both.error());
          assertEquals(start.products() + end.products(), both.products());
        }
      }
      assertEquals(new DerivativeCost(0, 6 * 16), usual.cost(recorder));
      assertEquals(
          new DerivativeCost(0, 2 * 6 * 16), usual.withHessianAt(HessianAt.BOTH).cost(recorder));
    }
    assertThrows(IllegalArgumentException.class, () -> new KrylovUnlearning().withProducts(0));
    assertThrows(IllegalArgumentException.class, () -> new KrylovUnlearning().withExamples(0));
  }
}
