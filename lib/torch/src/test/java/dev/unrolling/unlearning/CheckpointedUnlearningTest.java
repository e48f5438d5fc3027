package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.Removal.Divisor;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.CheckpointRecorder;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.recording.DerivativeCost;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import dev.unrolling.unlearning.recording.StoredGradients;
import dev.unrolling.unlearning.theory.Expansion;
import dev.unrolling.unlearning.theory.LeadingTerm;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class CheckpointedUnlearningTest {

  private static final Objective DECAYED = Objective.crossEntropy().withWeightDecay(0.01);

  private static BatchOrder middle() {
    return middle(Fixtures.images());
  }

  private static BatchOrder middle(Dataset dataset) {
    return BatchOrder.fixed(dataset, IntStream.range(4, 16).toArray(), 4, 3)
        .withForgetBatch(Batch.of(dataset, 0, 1, 2, 3), BatchOrder.Position.MIDDLE);
  }

  private static void assertEnds(Architecture architecture, Removal removal) {
    Engine engine = Fixtures.float64();
    BatchOrder order = middle();
    SgdTrainer trainer = new SgdTrainer(DECAYED, Schedule.stepDecay(0.1, 0.5, 1));
    boolean point = removal instanceof Removal.WithoutPoint;
    Mode mode = point ? Mode.EVALUATION : Mode.TRAINING;
    try (Network network = engine.network(architecture, 3);
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, removal, mode);
        CheckpointRecorder every =
            new CheckpointRecorder(
                recorder, CheckpointSpacing.everyStep(), GradientFactor.SUM_OF_RATES, mode);
        CheckpointRecorder start =
            new CheckpointRecorder(
                recorder, CheckpointSpacing.onlyAtStart(), GradientFactor.SUM_OF_RATES, mode)) {
      StepListener check =
          new StepListener() {
            @Override
            public void afterStep(Step step, StepLosses losses) {
              try (ParameterVector amnesiac = new AmnesiacUnlearning().unlearnedWeights(recorder);
                  ParameterVector single =
                      new SingleGradientUnlearning().unlearnedWeights(recorder);
                  ParameterVector one =
                      new CheckpointedUnlearning(every).unlearnedWeights(recorder);
                  ParameterVector other =
                      new CheckpointedUnlearning(start).unlearnedWeights(recorder)) {
                assertEquals(0, one.distance(amnesiac), 1e-13);
                assertEquals(0, other.distance(single), 1e-13);
                // The ends differ once there was a visit away from w_0.
                assertEquals(recorder.visits() > 0, amnesiac.distance(single) > 1e-4);
              }
            }
          };
      trainer.train(network, order, recorder, every, start, check);
      assertEquals(
          new StoredGradients(3, network.layout().size(), Precision.FLOAT64), every.stored());
      assertEquals(3 * 8 * network.layout().size(), every.stored().bytes());
      assertEquals(1, start.stored().gradients());
    }
  }

  @Test
  void itsEndsAreAmnesiacAndSingleGradientUnlearning() {
    assertEnds(Fixtures.tanh(), Removal.skippedStep());
    assertEnds(Fixtures.tanh(), Removal.point(2, Divisor.FULL_BATCH));
  }

  @Test
  void itsEndsAreTheSameWithBatchNorm() {
    assertEnds(Architectures.resnet8(2, 10), Removal.skippedStep());
  }

  @Test
  void withMomentumItsEndIsTheCorrectedSingleGradient() {
    BatchOrder order = middle();
    SgdTrainer trainer =
        new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.05)).withMomentum(0.9);
    try (Network network = Fixtures.float64().network(Fixtures.tanh(), 3);
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, Removal.zeroGradient());
        CheckpointRecorder start =
            new CheckpointRecorder(
                recorder,
                CheckpointSpacing.onlyAtStart(),
                GradientFactor.MOMENTUM_CORRECTED,
                Mode.TRAINING)) {
      trainer.train(network, order, recorder, start);
      try (ParameterVector expected =
              new SingleGradientUnlearning(GradientFactor.MOMENTUM_CORRECTED)
                  .unlearnedWeights(recorder);
          ParameterVector found = new CheckpointedUnlearning(start).unlearnedWeights(recorder);
          ParameterVector w = network.weights()) {
        assertEquals(0, found.distance(expected), 1e-13);
        assertTrue(found.distance(w) > 1e-3);
      }
    }
  }

  @Test
  void predictsItsErrorAtEachSpacing() {
    assertPredictsItsError(Fixtures.linear(), middle(Fixtures.features()));
  }

  @Test
  @Tag("slow")
  void predictsItsErrorOfASmoothNetwork() {
    assertPredictsItsError(Fixtures.tanh(), middle());
  }

  /** Twelve steps, visits at 1, 5 and 9; the prediction leaves a remainder of third order. */
  private static void assertPredictsItsError(Architecture architecture, BatchOrder order) {
    Objective objective = DECAYED.withGamma(2);
    double[] rates = {0.001, 0.0005, 0.00025};
    for (Removal removal :
        List.of(
            Removal.skippedStep(), Removal.zeroGradient(), Removal.point(2, Divisor.FULL_BATCH))) {
      for (int spacing : new int[] {1, 2, 5, 100}) {
        double[] remainders = new double[rates.length];
        double[] errors = new double[rates.length];
        for (int i = 0; i < rates.length; i++) {
          SgdTrainer trainer = new SgdTrainer(objective, Schedule.constant(rates[i]));
          try (Network original = Fixtures.float64().network(architecture, 5);
              Network retrained = original.copy();
              LeadingTerm leading =
                  new UnrolledSgd(objective, Schedule.constant(rates[i]))
                      .leadingTerm(original, order, 12, removal, new CheckpointSpacing(spacing));
              ParameterVector predicted = leading.sum();
              ForgettingRecorder recorder =
                  new ForgettingRecorder(original, order, trainer, removal);
              CheckpointRecorder checkpoints =
                  new CheckpointRecorder(recorder, new CheckpointSpacing(spacing))) {
            trainer.trainInLockStep(original, retrained, order, removal, recorder, checkpoints);
            try (ParameterVector unlearned =
                    new CheckpointedUnlearning(checkpoints).unlearnedWeights(recorder);
                ParameterVector target = retrained.weights()) {
              errors[i] = VerificationError.value(unlearned, target);
              assertEquals(errors[i], leading.predictedError(), 0.05 * errors[i]);
              remainders[i] = unlearned.addInPlace(-1, target).addInPlace(-1, predicted).norm2();
            }
          }
        }
        assertEquals(2, Fixtures.slope(rates, errors), 0.1);
        assertEquals(3, Fixtures.slope(rates, remainders), 0.2, removal + " every " + spacing);
      }
    }
  }

  @Test
  void theLeadingTermIsThatOfTheTwoExpansionsAndStatesItsCost() {
    BatchOrder order = middle();
    Schedule schedule = Schedule.stepDecay(0.1, 0.5, 1);
    UnrolledSgd cut = new UnrolledSgd(DECAYED, schedule).truncated();
    Removal removal = Removal.skippedStep();
    SgdTrainer trainer = new SgdTrainer(DECAYED, schedule);
    try (Network network = Fixtures.float64().network(Fixtures.tanh(), 5);
        ForgettingRecorder recorder = new ForgettingRecorder(network, order, trainer, removal);
        LeadingTerm leading = cut.leadingTerm(network, order, 12, removal);
        ParameterVector sum = leading.sum();
        Expansion m = cut.expand(network, order, 12);
        Expansion n = cut.expandRetrained(network, order, 12, removal);
        ParameterVector expected =
            m.unlearningRemainder(n, recorder.startGradient(), 0.1 + 0.05 + 0.025)) {
      assertEquals(0, sum.distance(expected) / expected.norm2(), 1e-10);
      // Four batches of 4 and x* itself: g* and four gradients; three others' products and x*'s.
      assertEquals(new DerivativeCost(20, 16), leading.cost());
      assertEquals(52, leading.cost().inGradients());
      // With a checkpoint at every step there is no second part: g* and the others' products.
      try (LeadingTerm every =
          cut.leadingTerm(network, order, 12, removal, CheckpointSpacing.everyStep())) {
        assertEquals(new DerivativeCost(4, 12), every.cost());
      }
      assertEquals(new DerivativeCost(48, 44), cut.cost(order, 12));
      assertTrue(leading.others().norm2() > 0 && leading.own().norm2() > 0);
      assertThrows(
          IllegalArgumentException.class,
          () -> cut.leadingTerm(network, order, 12, Removal.point(1, Divisor.REMAINING)));
    }
  }

  /** A run after a step. */
  private record Stop(
      NetworkState network,
      ForgettingRecorder.Collected forgetting,
      CheckpointRecorder.Collected checkpoints) {

    static Stop of(ForgettingRecorder recorder, CheckpointRecorder checkpoints) {
      return new Stop(
          recorder.network().saveState(), recorder.collected(), checkpoints.collected());
    }

    List<double[]> vectors() {
      return checkpoints.vectors().stream().map(INDArray::toDoubleVector).toList();
    }
  }

  @Test
  void goesOnFromAnyStepToTheSameBits() {
    assertGoesOn(0.9, GradientFactor.MOMENTUM_CORRECTED, 3);
  }

  @Test
  @Tag("slow")
  void goesOnWhateverTheMomentumFactorAndSpacing() {
    for (double momentum : new double[] {0, 0.9}) {
      for (GradientFactor factor : GradientFactor.values()) {
        for (int spacing : new int[] {1, 3, 5, 100}) {
          assertGoesOn(momentum, factor, spacing);
        }
      }
    }
  }

  private static void assertGoesOn(double momentum, GradientFactor factor, int spacing) {
    BatchOrder order = middle(Fixtures.features());
    SgdTrainer trainer =
        new SgdTrainer(DECAYED, Schedule.stepDecay(0.1, 0.5, 1)).withMomentum(momentum);
    CheckpointSpacing checkpoints = new CheckpointSpacing(spacing);
    List<Stop> stops = new ArrayList<>();
    run(order, trainer, factor, checkpoints, Optional.empty(), stops);
    for (Stop stop : stops) {
      List<Stop> rest = new ArrayList<>();
      run(order, trainer, factor, checkpoints, Optional.of(stop), rest);
      for (Stop found : rest) {
        Stop expected = stops.get(found.checkpoints.counts().stepsDone() - 1);
        String where = found.checkpoints.counts() + " of " + factor + ", " + checkpoints;
        assertEquals(expected.checkpoints.counts(), found.checkpoints.counts(), where);
        assertArrayEquals(expected.vectors().toArray(), found.vectors().toArray(), where);
      }
    }
  }

  /** Runs from a stop, if there is one, to the end, and notes each step. */
  private static void run(
      BatchOrder order,
      SgdTrainer trainer,
      GradientFactor factor,
      CheckpointSpacing spacing,
      Optional<Stop> from,
      List<Stop> stops) {
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 3);
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, Removal.zeroGradient());
        CheckpointRecorder checkpoints =
            new CheckpointRecorder(recorder, spacing, factor, Mode.TRAINING)) {
      from.ifPresent(
          stop -> {
            network.restore(stop.network);
            recorder.resume(stop.forgetting);
            checkpoints.resume(stop.checkpoints);
          });
      StepListener note =
          new StepListener() {
            @Override
            public void afterStep(Step step, StepLosses losses) {
              stops.add(Stop.of(recorder, checkpoints));
            }
          };
      trainer
          .withFirstStep(recorder.stepsDone())
          .train(network, order, recorder, checkpoints, note);
      assertTrue(checkpoints.belongsTo(recorder));
    }
  }

  @Test
  void whatItHoldsIsWhatItNeeds() {
    BatchOrder order = Fixtures.order(Fixtures.features(), 4, 3, 2);
    SgdTrainer trainer = new SgdTrainer(DECAYED, Schedule.constant(0.1)).withMomentum(0.9);
    // The visits are at steps 0 and 4: with checkpoints at 0, 3 and 6 the gradient of step 3 is
    // held until step 6; with one a step, none is held beyond its step.
    for (int spacing : new int[] {1, 3}) {
      for (GradientFactor factor : GradientFactor.values()) {
        List<Stop> stops = new ArrayList<>();
        run(order, trainer, factor, new CheckpointSpacing(spacing), Optional.empty(), stops);
        // What undoes the visits, and what they have put into the momentum.
        int least = 2;
        for (Stop stop : stops) {
          int done = stop.checkpoints.counts().stepsDone();
          boolean held = spacing == 3 && (done < 3 || done > 3 && done < 6);
          assertEquals(least + (held ? 1 : 0), stop.checkpoints.vectors().size(), "step " + done);
        }
        assertEquals(2, stops.get(7).checkpoints.counts().gradients());
      }
    }
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 3);
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, Removal.zeroGradient());
        CheckpointRecorder checkpoints =
            new CheckpointRecorder(recorder, CheckpointSpacing.everyStep())) {
      // Step 0 is a visit, so that one vector may be held beside the two sums; none at step 1.
      assertRefusesToGoOn("2 or 3 vectors", "from 0", checkpoints, collected(0, 0));
      assertRefusesToGoOn("2 or 3 vectors", "from 4", checkpoints, collected(0, 4));
      assertRefusesToGoOn("2 vectors, not", "from 3", checkpoints, collected(1, 3));
      trainer.train(network, order, recorder, checkpoints);
      assertRefusesToGoOn("after 8 steps", "from 2", checkpoints, collected(1, 2));
    }
  }

  private static CheckpointRecorder.Collected collected(int stepsDone, int vectors) {
    INDArray vector = Nd4j.zeros(DataType.DOUBLE, 490);
    return new CheckpointRecorder.Collected(
        new CheckpointRecorder.Counts(stepsDone, 0), Collections.nCopies(vectors, vector));
  }

  private static void assertRefusesToGoOn(
      String one, String other, CheckpointRecorder recorder, CheckpointRecorder.Collected earlier) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> recorder.resume(earlier)).getMessage();
    assertTrue(message.contains(one) && message.contains(other), message);
  }

  @Test
  void refusesARecorderOfAnotherRun() {
    BatchOrder order = middle();
    SgdTrainer trainer = new SgdTrainer(DECAYED, Schedule.constant(0.1));
    Removal removal = Removal.skippedStep();
    try (Network network = Fixtures.float64().network(Fixtures.tanh(), 5);
        ForgettingRecorder recorder = new ForgettingRecorder(network, order, trainer, removal);
        ForgettingRecorder other = new ForgettingRecorder(network, order, trainer, removal);
        CheckpointRecorder checkpoints =
            new CheckpointRecorder(recorder, CheckpointSpacing.everyStep())) {
      CheckpointedUnlearning method = new CheckpointedUnlearning(checkpoints);
      assertThrows(IllegalStateException.class, () -> method.unlearnedWeights(other));
      trainer.train(network, order, recorder);
      assertThrows(IllegalStateException.class, () -> method.unlearnedWeights(recorder));
      assertThrows(IllegalStateException.class, () -> method.velocityShare(recorder));
      assertThrows(
          IllegalStateException.class,
          () -> new CheckpointRecorder(recorder, CheckpointSpacing.everyStep()));
      assertThrows(IllegalArgumentException.class, () -> new CheckpointSpacing(0));
    }
    try (Network network = Fixtures.float64().network(Fixtures.tanh(), 5);
        Network another = network.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(network, order, trainer, removal);
        CheckpointRecorder checkpoints =
            new CheckpointRecorder(recorder, CheckpointSpacing.everyStep())) {
      for (Executable run :
          List.<Executable>of(
              () -> trainer.train(another, order, checkpoints),
              () -> trainer.withFirstStep(2).train(network, order, checkpoints))) {
        String message = assertThrows(IllegalStateException.class, run).getMessage();
        assertTrue(message.contains("expects step 0 of its own network"), message);
      }
    }
  }

  @Test
  void saysHowFarItsCheckpointsAreApart() {
    Map<CheckpointSpacing, String> names =
        Map.of(
            CheckpointSpacing.everyStep(),
            "checkpointed every 1 step",
            new CheckpointSpacing(2),
            "checkpointed every 2 steps",
            CheckpointSpacing.onlyAtStart(),
            "checkpointed at the start");
    try (Network network = Fixtures.float64().network(Fixtures.tanh(), 5);
        ForgettingRecorder recorder =
            new ForgettingRecorder(
                network,
                middle(),
                new SgdTrainer(DECAYED, Schedule.constant(0.1)),
                Removal.skippedStep())) {
      names.forEach(
          (spacing, name) -> {
            try (CheckpointRecorder checkpoints = new CheckpointRecorder(recorder, spacing)) {
              CheckpointedUnlearning method = new CheckpointedUnlearning(checkpoints);
              assertEquals("checkpointed", method.name());
              assertEquals(name, method.displayName());
            }
          });
    }
  }
}
