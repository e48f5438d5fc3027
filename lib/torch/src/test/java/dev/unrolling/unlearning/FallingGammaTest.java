package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.BatchOrder.Position;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.metrics.ForgettingDistance;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.Removal.Divisor;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.schedule.GammaDecay;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.CheckpointRecorder;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import dev.unrolling.unlearning.sisa.Sisa;
import dev.unrolling.unlearning.sisa.SisaPartition;
import dev.unrolling.unlearning.theory.Expansion;
import dev.unrolling.unlearning.theory.LeadingTerm;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The penalty's weight falls from epoch to epoch: each step has an objective of its own. */
class FallingGammaTest {

  private static final Objective OBJECTIVE =
      Objective.crossEntropy().withGamma(5).withWeightDecay(0.01);
  private static final GammaDecay TENTH = new GammaDecay(10, 1);
  private static final List<Removal> REMOVALS =
      List.of(Removal.skippedStep(), Removal.zeroGradient(), Removal.point(2, Divisor.FULL_BATCH));
  private static final double[] RATES = {0.004, 0.002, 0.001};

  private static SgdTrainer trainer(double rate) {
    return new SgdTrainer(OBJECTIVE, Schedule.constant(rate)).withGammaDecay(TENTH);
  }

  /** Three epochs over the pooled pictures, x* in the middle of each. */
  private static BatchOrder order() {
    return BatchOrder.fixed(Fixtures.features(), IntStream.range(4, 16).toArray(), 4, 3)
        .withForgetBatch(Batch.of(Fixtures.features(), 0, 1, 2, 3), Position.MIDDLE);
  }

  private static Network network() {
    return Fixtures.float64().network(Fixtures.linear(), 3);
  }

  private static void afterEachStep(
      SgdTrainer trainer, Removal removal, CheckpointSpacing spacing, AtStep check) {
    try (Network original = network();
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order(), trainer, removal);
        CheckpointRecorder checkpoints = new CheckpointRecorder(recorder, spacing)) {
      StepListener listener =
          new StepListener() {
            @Override
            public void afterStep(Step step, StepLosses losses) {
              check.look(recorder, checkpoints, retrained);
            }
          };
      trainer.trainInLockStep(
          original, retrained, order(), removal, recorder, checkpoints, listener);
      assertTrue(ForgettingDistance.value(original, retrained) > 1e-3);
    }
  }

  @FunctionalInterface
  private interface AtStep {
    void look(ForgettingRecorder recorder, CheckpointRecorder checkpoints, Network retrained);
  }

  @Test
  void retrainingIsTheRetrainedModelBitForBit() {
    for (double momentum : new double[] {0, 0.9}) {
      for (Removal removal : REMOVALS) {
        afterEachStep(
            trainer(0.1).withMomentum(momentum),
            removal,
            CheckpointSpacing.onlyAtStart(),
            (recorder, checkpoints, retrained) -> {
              try (Network again = new Retraining().unlearnedNetwork(recorder)) {
                assertTrue(Fixtures.sameBits(again.saveState(), retrained.saveState()));
              }
            });
      }
    }
  }

  @Test
  void aPointsShareIsThatOfItsVisits() {
    // By hand: rate times the point's gradient under the objective of each visit.
    Removal removal = Removal.point(2, Divisor.FULL_BATCH);
    BatchOrder order = order();
    SgdTrainer trainer = trainer(0.1);
    try (Network network = network();
        Network twin = network.copy();
        ParameterVector expected = network.weights().scaleInPlace(0);
        ForgettingRecorder recorder = new ForgettingRecorder(network, order, trainer, removal)) {
      double[] gammas = {5, 0.5, 0.05};
      for (int i = 0; i < order.steps(); i++) {
        Objective objective = OBJECTIVE.withGamma(gammas[order.epoch(i)]);
        if (order.isForgetVisit(i)) {
          try (LossGradient g =
              twin.gradient(
                  Batch.of(Fixtures.features(), 2).averagedOver(4),
                  objective.withWeightDecay(0),
                  Mode.TRAINING)) {
            expected.addInPlace(0.1, g.gradient());
          }
        }
        twin.step(order.batch(i), objective, SgdStep.plain(0.1));
      }
      trainer.train(network, order, recorder);
      assertTrue(expected.norm2() > 1e-3);
      assertEquals(0, recorder.takenByVisits().distance(expected), 1e-15);
    }
  }

  @Test
  void aCheckpointAtEveryStepIsAmnesiacUnlearning() {
    for (Removal removal : List.of(Removal.skippedStep(), REMOVALS.get(2))) {
      afterEachStep(
          trainer(0.1),
          removal,
          CheckpointSpacing.everyStep(),
          (recorder, checkpoints, retrained) ->
              assertSame(
                  new AmnesiacUnlearning(), new CheckpointedUnlearning(checkpoints), recorder));
    }
  }

  @Test
  void aCheckpointAtTheStartIsSingleGradientUnlearning() {
    for (Removal removal : REMOVALS) {
      afterEachStep(
          trainer(0.1),
          removal,
          CheckpointSpacing.onlyAtStart(),
          (recorder, checkpoints, retrained) -> {
            assertSame(
                new SingleGradientUnlearning(), new CheckpointedUnlearning(checkpoints), recorder);
            // The gradient and the penalty's part of it.
            assertEquals(2, checkpoints.stored().gradients());
          });
    }
  }

  private static void assertSame(
      RecordedUnlearning one, RecordedUnlearning other, ForgettingRecorder recorder) {
    try (ParameterVector w = one.unlearnedWeights(recorder);
        ParameterVector u = other.unlearnedWeights(recorder)) {
      assertEquals(0, w.distance(u), 1e-14);
    }
  }

  @Test
  void aSingleGradientForgetsToSecondOrderAndItsLeadingTermIsPredicted() {
    for (Removal removal : REMOVALS) {
      double[] errors = new double[RATES.length];
      double[] remainders = new double[RATES.length];
      for (int i = 0; i < RATES.length; i++) {
        SgdTrainer trainer = trainer(RATES[i]);
        try (Network original = network();
            Network retrained = original.copy();
            LeadingTerm leading =
                new UnrolledSgd(trainer).leadingTerm(original, order(), order().steps(), removal);
            ParameterVector predicted = leading.sum();
            ForgettingRecorder recorder =
                new ForgettingRecorder(original, order(), trainer, removal)) {
          trainer.trainInLockStep(original, retrained, order(), removal, recorder);
          try (ParameterVector w = new SingleGradientUnlearning().unlearnedWeights(recorder);
              ParameterVector target = retrained.weights()) {
            errors[i] = VerificationError.value(w, target);
            remainders[i] = w.addInPlace(-1, target).addInPlace(-1, predicted).norm2();
          }
        }
      }
      assertEquals(2, Fixtures.slope(RATES, errors), 0.1, removal::toString);
      assertEquals(3, Fixtures.slope(RATES, remainders), 0.2, removal::toString);
    }
  }

  @Test
  void withMomentumTheCorrectedFactorForgetsToSecondOrder() {
    double[] errors = new double[RATES.length];
    for (int i = 0; i < RATES.length; i++) {
      SgdTrainer trainer = trainer(RATES[i] / 10).withMomentum(0.9);
      Removal removal = Removal.zeroGradient();
      try (Network original = network();
          Network retrained = original.copy();
          ForgettingRecorder recorder =
              new ForgettingRecorder(original, order(), trainer, removal)) {
        trainer.trainInLockStep(original, retrained, order(), removal, recorder);
        try (Network unlearned =
            new SingleGradientUnlearning(GradientFactor.MOMENTUM_CORRECTED)
                .unlearnedNetwork(recorder)) {
          errors[i] = VerificationError.value(unlearned, retrained);
        }
      }
    }
    assertEquals(2, Fixtures.slope(RATES, errors), 0.1);
  }

  @Test
  void theExpansionLeavesThirdOrder() {
    double[] remainders = new double[RATES.length];
    for (int i = 0; i < RATES.length; i++) {
      SgdTrainer trainer = trainer(RATES[i]);
      try (Network network = network();
          Expansion expansion =
              new UnrolledSgd(trainer).expand(network, order(), order().steps())) {
        trainer.train(network, order());
        try (ParameterVector w = network.weights()) {
          remainders[i] = expansion.secondOrderRemainder(w);
        }
      }
    }
    assertEquals(3, Fixtures.slope(RATES, remainders), 0.1);
  }

  @Test
  void recordersGoOnFromAnyStep() {
    BatchOrder order = order();
    SgdTrainer trainer = trainer(0.1).withMomentum(0.5);
    for (int spacing : new int[] {1, 5, 7, 100}) {
      List<double[]> whole = watched(order, trainer, spacing, order.steps());
      for (int stop = 1; stop < order.steps(); stop++) {
        assertArrayEquals(
            whole.toArray(), watched(order, trainer, spacing, stop).toArray(), "from " + stop);
      }
    }
  }

  /** What both recorders hold after a run that was stopped and resumed. */
  private static List<double[]> watched(
      BatchOrder order, SgdTrainer trainer, int spacing, int stop) {
    CheckpointSpacing checkpoints = new CheckpointSpacing(spacing);
    try (Network network = network();
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, Removal.skippedStep());
        CheckpointRecorder visits = new CheckpointRecorder(recorder, checkpoints);
        Network twin = network.copy();
        ForgettingRecorder later =
            new ForgettingRecorder(twin, order, trainer, Removal.skippedStep());
        CheckpointRecorder laterVisits = new CheckpointRecorder(later, checkpoints)) {
      StepListener handOver =
          new StepListener() {
            @Override
            public void afterStep(Step step, StepLosses losses) {
              if (step.stepsDone() == stop) {
                twin.restore(network.saveState());
                later.resume(recorder.collected());
                laterVisits.resume(visits.collected());
              }
            }
          };
      trainer.train(network, order, recorder, visits, handOver);
      trainer.withFirstStep(stop).train(twin, order, later, laterVisits);
      List<double[]> all = new ArrayList<>();
      later.collected().vectors().forEach(vector -> all.add(vector.toDoubleVector()));
      laterVisits.collected().vectors().forEach(vector -> all.add(vector.toDoubleVector()));
      for (RecordedUnlearning method :
          List.of(new SingleGradientUnlearning(), new CheckpointedUnlearning(laterVisits))) {
        try (ParameterVector w = method.unlearnedWeights(later)) {
          all.add(w.toArray().toDoubleVector());
        }
      }
      return all;
    }
  }

  @Test
  void aShardsConstituentIsWhatItsTrainerGives() {
    // Plain training over its slices up to each, in orders of seeds that differ.
    SisaPartition partition = SisaPartition.of(IntStream.range(0, 16).toArray(), 2, 2, 7);
    SgdTrainer trainer = trainer(0.1);
    Sisa.Plan plan = new Sisa.Plan(3, 4, 1);
    try (Sisa sisa = new Sisa(Fixtures.features(), partition, plan, trainer, shard -> network())) {
      sisa.train();
      for (int shard = 0; shard < 2; shard++) {
        try (Network expected = network()) {
          for (int slice = 0; slice < 2; slice++) {
            long seed = 1 + 1_000_003L * (shard + 1) + 1_000_000_007L * (slice + 1);
            int[] examples = partition.upTo(shard, slice);
            trainer.train(expected, BatchOrder.byKeys(Fixtures.features(), examples, 4, 3, seed));
          }
          assertTrue(Fixtures.sameBits(expected.saveState(), sisa.constituent(shard).saveState()));
        }
      }
    }
  }
}
