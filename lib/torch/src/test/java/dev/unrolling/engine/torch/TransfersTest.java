package dev.unrolling.engine.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unrolling.curvature.DominantEigenvalue;
import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.data.ImageDataset;
import dev.unrolling.data.RealData;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Loss;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.engine.torch.Transfers.Counts;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.theory.SigmaMeasurement;
import dev.unrolling.unlearning.theory.UnlearningErrorRecorder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a GPU is asked beside computing, on the CPU: copies either way, and waits for it. */
class TransfersTest {

  private static final ImageDataset IMAGES = RealData.cifar10Test();
  private static final Objective PLAIN = Objective.crossEntropy();
  private static final Objective FULL = PLAIN.withGamma(1).withWeightDecay(1e-3);
  private static final SgdStep STEP = new SgdStep(0.05, 0.9);

  /** The indices of the batch, and its labels. */
  private static final Counts BATCH = new Counts(2, 0, 0);

  private static final Counts READ = new Counts(0, 1, 1);
  private static final Counts NOTHING = new Counts(0, 0, 0);

  private Network network;

  /** A network on an engine that keeps images, which a step has brought there. */
  @BeforeEach
  void begin() {
    TorchNatives.load();
    TorchEngine engine =
        new TorchEngine("cpu", Precision.FLOAT32, 1, true, Optional.of(new DeviceImages()));
    network = engine.network(Architectures.resnet8(2, 10), 0);
    network.step(batch(0), PLAIN, STEP);
  }

  @AfterEach
  void end() {
    network.close();
  }

  private static Batch batch(int first) {
    return Batch.of(IMAGES, IntStream.range(first, first + 8).toArray());
  }

  private static Counts of(Runnable work) {
    Counts before = Transfers.counts();
    work.run();
    return Transfers.counts().minus(before);
  }

  private static Counts times(int count, Counts one) {
    return new Counts(count * one.toDevice(), count * one.toHost(), count * one.waits());
  }

  @Test
  void aStepSendsIndicesAndLabelsAndReadsNothing() {
    assertEquals(BATCH, of(() -> network.step(batch(8), PLAIN, SgdStep.plain(0.1))));
    assertEquals(BATCH, of(() -> network.step(batch(8), FULL, STEP)));
    assertEquals(NOTHING, of(() -> network.step(batch(8).emptied(), FULL, STEP)));
  }

  @Test
  void aStepInBfloat16SendsTheSame() {
    try (Network narrow =
        network.engine().withPrecision(Precision.BFLOAT16).network(network.architecture(), 0)) {
      assertEquals(BATCH, of(() -> narrow.step(batch(8), FULL, STEP)));
    }
  }

  @Test
  void anAugmentedStepSendsTheMovesToo() {
    Batch augmented =
        BatchOrder.fixed(IMAGES, new int[] {3, 1, 2, 0}, 4, 2).augmented(4, 0).batch(1);
    assertEquals(new Counts(3, 0, 0), of(() -> network.step(augmented, FULL, STEP)));
  }

  @Test
  void valuesFromTheHostDoNotMakeAStepWait() {
    Dataset features =
        FeatureDataset.of(
            "features", new double[] {1, 2, 3, 4}, new int[] {0, 1}, List.of("a", "b"));
    try (Network linear = network.engine().network(Architectures.linear(2, 2), 0)) {
      assertEquals(BATCH, of(() -> linear.step(Batch.of(features, 0, 1), PLAIN, STEP)));
    }
  }

  @Test
  void aLossIsReadOnceAndThatAloneWaits() {
    Loss loss = network.step(batch(8), FULL, STEP);
    assertEquals(READ, of(loss::value));
    assertEquals(NOTHING, of(loss::value));
  }

  /** M and M' send their batches each; M' leaves the visits out. */
  @Test
  void stepsInLockStepDoNotWait() {
    BatchOrder order = order(3);
    List<Counts> steps = new ArrayList<>();
    try (Network retrained = network.copy()) {
      trainer()
          .trainInLockStep(
              network,
              retrained,
              order,
              Removal.skippedStep(),
              new StepListener() {
                private Counts before;

                @Override
                public void beforeStep(Step step) {
                  before = Transfers.counts();
                }

                @Override
                public void afterStep(Step step, StepLosses losses) {
                  steps.add(Transfers.counts().minus(before));
                }
              });
    }
    assertEquals(List.of(BATCH, times(2, BATCH), times(2, BATCH)), steps);
  }

  /** An order of one epoch, whose first step is a visit of the forget batch. */
  private static BatchOrder order(int steps) {
    return BatchOrder.fixed(IMAGES, IntStream.range(8, 8 * steps).toArray(), 8, 1)
        .withForgetBatch(batch(0), BatchOrder.Position.FIRST);
  }

  private static SgdTrainer trainer() {
    return new SgdTrainer(FULL, Schedule.constant(0.05)).withMomentum(0.9);
  }

  /** Whatever it reads at start and end: a step more is a batch and a loss more. */
  @Test
  void aRunReadsTheLossOfEachStep() {
    Counts three = of(() -> trainer().train(network, order(3)));
    Counts five = of(() -> trainer().train(network, order(5)));
    assertEquals(times(2, BATCH).plus(times(2, READ)), five.minus(three));
  }

  @Test
  void aProductWithTheHessianNeitherSendsNorReads() {
    try (LinearOperator hessian = network.hessian(batch(8), FULL, Mode.EVALUATION);
        ParameterVector vector = network.weights()) {
      assertEquals(NOTHING, of(() -> hessian.apply(vector).close()));
    }
    assertEquals(BATCH, of(() -> network.hessian(batch(8), FULL, Mode.EVALUATION).close()));
  }

  /**
   * A start vector is sent, and numbers are read: how far M has moved, norms at begin and end of
   * Lanczos, and in its k-th product two norms, a diagonal entry and twice k parts to take away.
   */
  @Test
  void aMeasurementOfTheUnlearningErrorReadsNumbersAlone() {
    List<Integer> products = new ArrayList<>();
    SigmaMeasurement measurement =
        SigmaMeasurement.standard()
            .withMethod(
                hessian -> {
                  DominantEigenvalue top = SigmaMeasurement.lanczos().dominant(hessian);
                  products.add(top.products());
                  return top;
                });
    BatchOrder order = order(3);
    try (UnlearningErrorRecorder recorder =
        new UnlearningErrorRecorder(network, order, trainer(), 2, measurement)) {
      Counts plain = of(() -> trainer().train(network.copy(), order));
      Counts measured = of(() -> trainer().train(network, order, recorder)).minus(plain);
      int reads = 1;
      for (int k : products) {
        reads += 1 + 2 + 3 * k + k * (k + 1);
      }
      assertEquals(2, products.size());
      Counts sent = new Counts(2 * (1 + BATCH.toDevice()), 0, 0);
      assertEquals(sent.plus(times(reads, READ)), measured);
    }
  }

  /** Labels are compared on the host, where they are. */
  @Test
  void aTestReadsTheAnswersOncePerChunk() {
    int[] indices = IntStream.range(0, 20).toArray();
    assertEquals(new Counts(3, 3, 3), of(() -> Evaluation.of(network, IMAGES, indices, 8)));
  }
}
