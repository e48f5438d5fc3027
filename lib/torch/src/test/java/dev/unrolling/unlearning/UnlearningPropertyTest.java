package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.BatchOrder.Position;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.model.Architectures;
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
import dev.unrolling.unlearning.theory.Expansion;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;

/** What holds of any run of a linear model over random examples. */
class UnlearningPropertyTest {

  private static final Engine ENGINE = Fixtures.float64().withThreads(1);
  private static final int TRIES = 25;
  private static final int FEATURES = 4;
  private static final int CLASSES = 3;

  /** A run that can be trained: all that decides it. */
  record Run(
      int batchSize,
      int others,
      int epochs,
      Position position,
      int omitted,
      double rate,
      double momentum,
      int drawn) {

    long seed() {
      return drawn / 4;
    }

    double weightDecay() {
      return drawn % 2 == 0 ? 0 : 0.1;
    }

    GammaDecay gammaDecay() {
      return new GammaDecay(drawn % 4 < 2 ? 1 : 3, 1);
    }

    Network network() {
      return ENGINE.network(Architectures.linear(FEATURES, CLASSES), seed());
    }

    BatchOrder order() {
      int size = batchSize * (others + 1);
      double[] values = new Random(seed()).doubles(size * FEATURES, -1, 1).toArray();
      int[] labels = IntStream.range(0, size).map(i -> i % CLASSES).toArray();
      Dataset dataset = FeatureDataset.of("random", values, labels, List.of("a", "b", "c"));
      int[] rest = IntStream.range(batchSize, size).toArray();
      return BatchOrder.shuffled(dataset, rest, batchSize, epochs, seed())
          .withForgetBatch(Batch.of(dataset, IntStream.range(0, batchSize).toArray()), position);
    }

    Removal removal() {
      return switch (omitted) {
        case 0 -> Removal.skippedStep();
        case 1 -> Removal.zeroGradient();
        default -> Removal.point(batchSize - 1, Divisor.FULL_BATCH);
      };
    }

    SgdTrainer trainer() {
      return trainer(Objective.crossEntropy().withGamma(2));
    }

    SgdTrainer trainer(Objective objective) {
      return new SgdTrainer(
              objective.withWeightDecay(weightDecay()), Schedule.stepDecay(rate, 0.7, 1))
          .withMomentum(momentum)
          .withGammaDecay(gammaDecay());
    }
  }

  @Provide
  Arbitrary<Run> runs() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 4),
            Arbitraries.integers().between(1, 4),
            Arbitraries.integers().between(1, 3),
            Arbitraries.of(Position.class),
            Arbitraries.integers().between(0, 2),
            Arbitraries.doubles().between(0.01, 0.5),
            Arbitraries.of(0.0, 0.3, 0.9),
            Arbitraries.integers().between(0, 999))
        .as(Run::new);
  }

  @Property(seed = "1", tries = TRIES)
  void unrollingIsExactForAQuadraticLoss(
      @ForAll("runs") Run run, @ForAll @DoubleRange(min = 1, max = 6) double faster) {
    // Rates up to 3, at which many of these runs diverge.
    SgdTrainer trainer = run.trainer(Objective.squaredError()).withMomentum(0);
    SgdTrainer fast = trainer.withSchedule(Schedule.stepDecay(run.rate * faster, 0.7, 1));
    BatchOrder order = run.order();
    try (Network m = run.network();
        Network retrained = m.copy();
        Expansion ofM = new UnrolledSgd(fast).expand(m, order, order.steps());
        Expansion ofRetrained =
            new UnrolledSgd(fast).expandRetrained(m, order, order.steps(), run.removal())) {
      fast.train(m, order);
      fast.retrain(retrained, order, run.removal(), order.steps());
      assertExact(ofM, m);
      assertExact(ofRetrained, retrained);
    }
  }

  private static void assertExact(Expansion expansion, Network network) {
    try (ParameterVector w = network.weights()) {
      double scale =
          1 + w.norm2() + expansion.gradientPart().norm2() + expansion.curvaturePart().norm2();
      assertEquals(0, expansion.secondOrderRemainder(w) / scale, 1e-12);
    }
  }

  @Property(seed = "2", tries = TRIES)
  void nothingVisitedIsNothingChanged(@ForAll("runs") Run run) {
    BatchOrder order = run.order();
    SgdTrainer trainer = run.trainer();
    try (Network network = run.network();
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, run.removal());
        CheckpointRecorder visits =
            new CheckpointRecorder(recorder, CheckpointSpacing.everyStep())) {
      StepListener check =
          new StepListener() {
            @Override
            public void afterStep(Step step, StepLosses losses) {
              if (recorder.visits() == 0) {
                for (RecordedUnlearning method :
                    List.of(
                        new SingleGradientUnlearning(),
                        new AmnesiacUnlearning(),
                        new CheckpointedUnlearning(visits),
                        new Retraining())) {
                  try (Network unlearned = method.unlearnedNetwork(recorder)) {
                    assertTrue(
                        Fixtures.sameBits(network.saveState(), unlearned.saveState()),
                        method.displayName());
                  }
                }
              }
            }
          };
      trainer.train(network, order, recorder, visits, check);
    }
  }

  /** The others' gradients, as M saw them, taken alone: what is left if the visits are undone. */
  private static final class OthersAlone implements StepListener {

    private final Run run;
    private final ParameterVector weights;
    private final ParameterVector velocity;

    OthersAlone(Run run, Network start) {
      this.run = run;
      this.weights = start.weights();
      this.velocity = start.weights().scaleInPlace(0);
    }

    @Override
    public void beforeStep(Step step) {
      boolean skipped = step.forgetVisit() && run.removal() instanceof Removal.SkippedStep;
      if (skipped) {
        return;
      }
      velocity.scaleInPlace(step.update().momentum());
      add(1, step.network(), step.batch(), step.objective());
      if (step.forgetVisit()) {
        add(
            -1,
            step.network(),
            run.removal().forgotten(step.batch()),
            step.objective().withWeightDecay(0));
      }
      weights.addInPlace(-step.update().rate(), velocity);
    }

    private void add(double scale, Network network, Batch batch, Objective objective) {
      try (LossGradient g = network.gradient(batch, objective, Mode.TRAINING)) {
        velocity.addInPlace(scale, g.gradient());
      }
    }
  }

  @Property(seed = "3", tries = TRIES)
  void eachVisitUndoneLeavesTheOthersAlone(@ForAll("runs") Run run) {
    BatchOrder order = run.order();
    SgdTrainer trainer = run.trainer();
    try (Network network = run.network();
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, run.removal());
        CheckpointRecorder visits =
            new CheckpointRecorder(
                recorder,
                CheckpointSpacing.everyStep(),
                GradientFactor.MOMENTUM_CORRECTED,
                Mode.TRAINING)) {
      OthersAlone others = new OthersAlone(run, network);
      trainer.train(network, order, recorder, visits, others);
      // A skipped step also leaves out what momentum did there, which a gradient cannot tell.
      boolean skipped = run.removal() instanceof Removal.SkippedStep;
      if (!skipped) {
        try (ParameterVector w = new CheckpointedUnlearning(visits).unlearnedWeights(recorder)) {
          assertEquals(0, w.distance(others.weights), 1e-12);
        }
      } else if (run.momentum == 0 && run.weightDecay() == 0) {
        try (ParameterVector w = new AmnesiacUnlearning().unlearnedWeights(recorder)) {
          assertEquals(0, w.distance(others.weights), 1e-12);
        }
      }
      if (run.momentum > 0) {
        double[] expected = others.velocity.toArray().toDoubleVector();
        assertVelocity(expected, new AmnesiacUnlearning(), recorder);
        if (!skipped) {
          assertVelocity(expected, new CheckpointedUnlearning(visits), recorder);
        }
      }
    }
  }

  private static void assertVelocity(
      double[] expected, RecordedUnlearning method, ForgettingRecorder recorder) {
    try (Network unlearned = method.unlearnedNetwork(recorder)) {
      assertArrayEquals(
          expected, unlearned.saveState().velocity().toDoubleVector(), 1e-12, method.displayName());
    }
  }

  @Property(seed = "4")
  void weightsAreLinearInTheRecordedGradient(
      @ForAll @DoubleRange(min = 0, max = 100) double one,
      @ForAll @DoubleRange(min = 0, max = 100) double other) {
    try (Network network = ENGINE.network(Architectures.linear(2, 2), 1);
        ParameterVector g = network.weights();
        ParameterVector both =
            SingleGradientUnlearning.unlearnedWeights(network.weights(), g, one + other);
        ParameterVector twice =
            SingleGradientUnlearning.unlearnedWeights(
                SingleGradientUnlearning.unlearnedWeights(network.weights(), g, one), g, other)) {
      assertEquals(0, both.distance(twice), 1e-12);
    }
  }

  @Property(seed = "5", tries = TRIES)
  @Tag("slow")
  void retrainingIsTheRetrainedModel(@ForAll("runs") Run run) {
    BatchOrder order = run.order();
    SgdTrainer trainer = run.trainer();
    try (Network network = run.network();
        Network retrained = network.copy();
        ForgettingRecorder recorder =
            new ForgettingRecorder(network, order, trainer, run.removal())) {
      trainer.trainInLockStep(network, retrained, order, run.removal(), recorder);
      try (Network again = new Retraining().unlearnedNetwork(recorder)) {
        assertTrue(Fixtures.sameBits(again.saveState(), retrained.saveState()));
      }
    }
  }
}
