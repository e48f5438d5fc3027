package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.BatchOrder.Position;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.CountedNetwork;
import dev.unrolling.training.DivergenceException;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.Removal.Divisor;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.TrainingInterruptedException;
import dev.unrolling.training.schedule.GammaDecay;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.baselines.GradientAscentUnlearning;
import dev.unrolling.unlearning.recording.CheckpointRecorder;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.sisa.Sisa;
import dev.unrolling.unlearning.sisa.SisaPartition;
import dev.unrolling.unlearning.theory.CheckpointedError;
import dev.unrolling.unlearning.theory.Expansion;
import dev.unrolling.unlearning.theory.LeadingTerm;
import dev.unrolling.unlearning.theory.UnlearningErrorRecorder;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is held during a run is what the documentation says, and nothing once it is closed. */
class OpenVectorsTest {

  private static final Dataset DATA = data();
  private static final SgdTrainer TRAINER =
      new SgdTrainer(Objective.crossEntropy().withGamma(2), Schedule.constant(0.1));
  private static final List<SgdTrainer> TRAINERS =
      List.of(
          TRAINER,
          TRAINER.withMomentum(0.9),
          TRAINER.withGammaDecay(new GammaDecay(2, 1)),
          TRAINER.withMomentum(0.9).withGammaDecay(new GammaDecay(2, 1)));
  private static final List<Removal> REMOVALS =
      List.of(Removal.skippedStep(), Removal.zeroGradient(), Removal.point(1, Divisor.FULL_BATCH));

  private static Dataset data() {
    double[] values = new Random(1).doubles(16 * 3, -1, 1).toArray();
    int[] labels = IntStream.range(0, 16).map(i -> i % 3).toArray();
    return FeatureDataset.of("random", values, labels, List.of("a", "b", "c"));
  }

  /** Four steps an epoch, of which the second is the visit. */
  private static BatchOrder order() {
    return BatchOrder.fixed(DATA, IntStream.range(4, 16).toArray(), 4, 3)
        .withForgetBatch(Batch.of(DATA, 0, 1, 2, 3), Position.MIDDLE);
  }

  private static CountedNetwork network() {
    return new CountedNetwork(
        Fixtures.float64().withThreads(1).network(Architectures.linear(3, 3), 1));
  }

  private static StepListener after(Runnable action) {
    return new StepListener() {
      @Override
      public void afterStep(Step step, StepLosses losses) {
        action.run();
      }
    };
  }

  @Test
  void aForgettingRecorderHoldsWhatItSays() {
    for (SgdTrainer trainer : TRAINERS) {
      for (Removal removal : REMOVALS) {
        try (CountedNetwork network = network()) {
          ForgettingRecorder recorder = new ForgettingRecorder(network, order(), trainer, removal);
          int held = 3 + (trainer.momentum() > 0 ? 1 : 0) + (fallingGamma(trainer) ? 1 : 0);
          StepListener check = after(() -> assertEquals(1 + held, network.open()));
          trainer.train(network, order(), recorder, check);
          try (CountedNetwork other = network()) {
            ForgettingRecorder later = new ForgettingRecorder(other, order(), trainer, removal);
            later.resume(recorder.collected());
            assertEquals(1 + held, other.open());
            later.close();
            assertEquals(1, other.open());
          }
          recorder.close();
          assertEquals(1, network.open());
        }
      }
    }
  }

  private static boolean fallingGamma(SgdTrainer trainer) {
    return trainer.objective(1).gamma() != trainer.objective(0).gamma();
  }

  @Test
  void aVisitThatIsCutShortIsClosedToo() {
    BatchOrder order = order();
    for (SgdTrainer trainer : TRAINERS) {
      for (Removal removal : REMOVALS) {
        try (CountedNetwork network = network()) {
          ForgettingRecorder recorder = new ForgettingRecorder(network, order, trainer, removal);
          StepListener fails =
              new StepListener() {
                @Override
                public void beforeStep(Step step) {
                  if (step.forgetVisit()) {
                    throw new UnsupportedOperationException("cut short");
                  }
                }
              };
          assertThrows(
              UnsupportedOperationException.class,
              () -> trainer.train(network, order, recorder, fails));
          recorder.close();
          assertEquals(1, network.open());
        }
      }
    }
  }

  @Test
  void aCheckpointRecorderHoldsTwoVectorsAndOneMoreEachForMomentumAndGamma() {
    // The visits are at steps 1, 5 and 9: two lie between two checkpoints where they are 6 apart.
    BatchOrder order = order();
    for (SgdTrainer trainer : TRAINERS) {
      for (int spacing : new int[] {1, 3, 6, 100}) {
        CheckpointSpacing every = new CheckpointSpacing(spacing);
        try (CountedNetwork network = network();
            ForgettingRecorder recorder =
                new ForgettingRecorder(network, order, trainer, Removal.zeroGradient())) {
          int before = network.open();
          CheckpointRecorder checkpoints = new CheckpointRecorder(recorder, every);
          int sums = 1 + (trainer.momentum() > 0 ? 1 : 0);
          StepListener check =
              new StepListener() {
                @Override
                public void afterStep(Step step, StepLosses losses) {
                  int from = every.lastBefore(step.index());
                  int to = Math.min(12, from + spacing);
                  int first =
                      IntStream.range(from, to).filter(order::isForgetVisit).findFirst().orElse(-1);
                  boolean two =
                      fallingGamma(trainer)
                          && IntStream.range(from, to).filter(order::isForgetVisit).count() > 1;
                  int gradients = first < 0 ? 0 : two ? 2 : 1;
                  assertEquals(before + sums + gradients, network.open());
                }
              };
          trainer.train(network, order, recorder, checkpoints, check);
          CheckpointRecorder.Collected collected = checkpoints.collected();
          checkpoints.close();
          assertEquals(before, network.open());
          assertEquals(12, collected.counts().stepsDone());
        }
      }
    }
  }

  @Test
  void aResumedCheckpointRecorderHoldsNoMoreThanTheFirst() {
    BatchOrder order = order();
    for (SgdTrainer trainer : TRAINERS) {
      try (CountedNetwork network = network();
          ForgettingRecorder recorder =
              new ForgettingRecorder(network, order, trainer, Removal.zeroGradient());
          CheckpointRecorder whole = new CheckpointRecorder(recorder, new CheckpointSpacing(6));
          CountedNetwork other = network();
          ForgettingRecorder later =
              new ForgettingRecorder(other, order, trainer, Removal.zeroGradient())) {
        StepListener handOver =
            new StepListener() {
              @Override
              public void afterStep(Step step, StepLosses losses) {
                int before = other.open();
                try (CheckpointRecorder resumed =
                    new CheckpointRecorder(later, new CheckpointSpacing(6))) {
                  CheckpointRecorder.Collected collected = whole.collected();
                  resumed.resume(collected);
                  assertEquals(before + collected.vectors().size(), other.open());
                }
                assertEquals(before, other.open());
              }
            };
        trainer.train(network, order, recorder, whole, handOver);
      }
    }
  }

  @Test
  void methodsLeaveNothingOpenButWhatTheyReturn() {
    BatchOrder order = order();
    for (SgdTrainer trainer : TRAINERS) {
      for (Removal removal : REMOVALS) {
        try (CountedNetwork network = network();
            ForgettingRecorder recorder = new ForgettingRecorder(network, order, trainer, removal);
            CheckpointRecorder visits =
                new CheckpointRecorder(recorder, CheckpointSpacing.everyStep())) {
          trainer.train(network, order, recorder, visits);
          int before = network.open();
          for (RecordedUnlearning method :
              List.of(
                  new SingleGradientUnlearning(),
                  new AmnesiacUnlearning(),
                  new CheckpointedUnlearning(visits),
                  new Retraining())) {
            method.unlearnedWeights(recorder).close();
            method.unlearnedNetwork(recorder).close();
            recorder.movement();
            assertEquals(before, network.open(), method.name());
          }
        }
      }
    }
  }

  @Test
  void errorsAndExpansionsAreClosedWhole() {
    BatchOrder order = order();
    try (CountedNetwork network = network();
        ParameterVector start = network.weights()) {
      CheckpointedError error = new CheckpointedError(new CheckpointSpacing(3), start);
      UnlearningErrorRecorder recorder = new UnlearningErrorRecorder(network, order, TRAINER, 5);
      StepListener check = after(() -> assertEquals(4, network.open()));
      TRAINER.train(network, order, error, recorder, check);
      error.close();
      recorder.close();
      assertEquals(2, network.open());
      UnrolledSgd unrolled = new UnrolledSgd(TRAINER);
      Expansion expansion = unrolled.expandRetrained(network, order, 12, Removal.zeroGradient());
      assertEquals(5, network.open());
      expansion.firstOrderRemainder(start);
      expansion.secondOrderRemainder(start);
      expansion.movement(start);
      assertEquals(5, network.open());
      expansion.close();
      LeadingTerm leading = unrolled.leadingTerm(network, order, 12, Removal.skippedStep());
      leading.predictedError();
      assertEquals(4, network.open());
      leading.close();
      assertEquals(2, network.open());
    }
  }

  @Test
  void anInterruptedExpansionLeavesNothingOpen() {
    try (CountedNetwork network = network()) {
      Thread.currentThread().interrupt();
      String message =
          assertThrows(
                  CancellationException.class,
                  () -> new UnrolledSgd(TRAINER).expand(network, order(), 12))
              .getMessage();
      assertEquals("unrolling was interrupted after 0 steps", message);
      assertEquals(1, network.open());
    }
  }

  @Test
  void whatFailsClosesItsNetwork() {
    try (CountedNetwork network = network()) {
      UnlearningRequest request =
          UnlearningRequest.of(network, Batch.of(DATA, 0, 1)).withRetained(4, 5, 6, 7);
      GradientAscentUnlearning ascent =
          new GradientAscentUnlearning(new SgdPlan(Schedule.constant(0.1), 2, 2, 0));
      ascent.unlearn(request).close();
      assertEquals(1, network.open());
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, () -> ascent.unlearn(request));
      assertEquals(1, network.open());
      FineTuningUnlearning tuning =
          new FineTuningUnlearning(new SgdPlan(Schedule.constant(1e200), 3, 2, 0));
      assertThrows(
          DivergenceException.class,
          () -> tuning.unlearn(request.withObjective(Objective.squaredError())));
      assertEquals(1, network.open());
    }
  }

  @Test
  void aSisaClosesItsConstituents() {
    SisaPartition partition = SisaPartition.of(new int[] {0, 1, 2, 3, 4, 5, 6, 7}, 2, 2, 1);
    try (CountedNetwork counter = network()) {
      Sisa sisa =
          new Sisa(
              DATA, partition, new Sisa.Plan(1, 2, 1), TRAINER, shard -> counter.counted(plain()));
      sisa.trainNextShard();
      assertEquals(2, counter.open());
      NetworkState first = sisa.constituent(0).saveState();
      Thread.currentThread().interrupt();
      assertThrows(TrainingInterruptedException.class, sisa::trainNextShard);
      assertEquals(2, counter.open());
      sisa.train();
      assertEquals(3, counter.open());
      assertEquals(first.weights(), sisa.constituent(0).saveState().weights());
      sisa.close();
      assertEquals(1, counter.open());
    }
  }

  private static Network plain() {
    return Fixtures.float64().withThreads(1).network(Architectures.linear(3, 3), 1);
  }
}
