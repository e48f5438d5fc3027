package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.BatchOrder.Position;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architectures;
import dev.unrolling.privacy.ShadowModel;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.Removal.Divisor;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.GammaDecay;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.CheckpointRecorder;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import dev.unrolling.unlearning.theory.CheckpointedError;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What cannot be meant: a recorder of another run, or x* where it is trained on all the same. */
class AnotherRunTest {

  private static final Dataset DATA = data();
  private static final Removal SKIPPED = Removal.skippedStep();
  private static final SgdTrainer TRAINER =
      new SgdTrainer(Objective.crossEntropy().withGamma(2), Schedule.constant(0.1));

  private static Dataset data() {
    double[] values = new Random(1).doubles(64 * 6, -1, 1).toArray();
    int[] labels = IntStream.range(0, 64).map(i -> i % 3).toArray();
    return FeatureDataset.of("random", values, labels, List.of("a", "b", "c"));
  }

  private static Network network() {
    return Fixtures.float64().network(Architectures.linear(6, 3), 1);
  }

  private static Batch firstEight() {
    return Batch.of(DATA, IntStream.range(0, 8).toArray());
  }

  /** Others from an index on, in batches of 8, two epochs. */
  private static BatchOrder others(int from) {
    return BatchOrder.fixed(DATA, IntStream.range(from, 32).toArray(), 8, 2);
  }

  private static BatchOrder order() {
    return others(8).withForgetBatch(firstEight(), Position.FIRST);
  }

  private static void assertRefused(
      Class<? extends Exception> type, Executable what, String... parts) {
    String message = assertThrows(type, what).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void xIsNotAmongTheOtherBatches() {
    // Example 7 is in x*, and in the first of the others too.
    BatchOrder order = others(7).withForgetBatch(firstEight(), Position.LAST);
    Removal ofIt = Removal.point(7, Divisor.FULL_BATCH);
    for (Removal removal : List.of(SKIPPED, Removal.zeroGradient(), ofIt)) {
      try (Network network = network();
          Network other = network.copy()) {
        UnrolledSgd unrolled = new UnrolledSgd(TRAINER);
        for (Executable use :
            List.<Executable>of(
                () -> new ForgettingRecorder(network, order, TRAINER, removal),
                () -> TRAINER.retrain(network, order, removal, order.steps()),
                () -> TRAINER.trainInLockStep(network, other, order, removal),
                () -> unrolled.expandRetrained(network, order, 2, removal),
                () -> unrolled.leadingTerm(network, order, 2, removal))) {
          assertRefused(
              IllegalArgumentException.class, use, "no other batch", "index 7", "Subsets.rest");
        }
        // Nothing was forgotten here: it may be trained on twice, and other points forgotten.
        TRAINER.train(other, order);
        TRAINER.retrain(network, order, Removal.point(6, Divisor.FULL_BATCH), order.steps());
      }
    }
  }

  @Test
  void aPointIsOneOfX() {
    Removal removal = Removal.point(63, Divisor.FULL_BATCH);
    BatchOrder order = order();
    try (Network network = network();
        Network other = network.copy()) {
      for (Executable use :
          List.<Executable>of(
              () -> new ForgettingRecorder(network, order, TRAINER, removal),
              () -> TRAINER.retrain(network, order, removal, order.steps()),
              () -> TRAINER.trainInLockStep(network, other, order, removal),
              () -> new UnrolledSgd(TRAINER).leadingTerm(network, order, 2, removal))) {
        assertRefused(IllegalArgumentException.class, use, "0 to 7", "63");
      }
    }
  }

  @Test
  void anOrderVisitsAnExampleOnceAnEpoch() {
    int[] twice = {8, 9, 9};
    for (Executable order :
        List.<Executable>of(
            () -> BatchOrder.fixed(DATA, twice, 2, 1),
            () -> BatchOrder.shuffled(DATA, twice, 2, 1, 0),
            () -> BatchOrder.byKeys(DATA, twice, 2, 1, 0),
            () -> others(16).withForgetBatch(Batch.of(DATA, twice), Position.FIRST))) {
      assertRefused(IllegalArgumentException.class, order, "index 9 is given twice");
    }
  }

  @Test
  void xIsOfTheOthersDataSet() {
    Batch ofACopy = Batch.of(data(), 0, 1);
    assertRefused(
        IllegalArgumentException.class,
        () -> others(8).withForgetBatch(ofACopy, Position.FIRST),
        "random",
        "load it once");
    try (Network network = network()) {
      assertRefused(
          IllegalArgumentException.class,
          () ->
              ShadowModel.train(
                  network, TRAINER, firstEight(), 4, 1, ofACopy, 0, (epochs, model) -> {}),
          "load it once");
    }
  }

  /** Makes a recorder for one run and gives it to another. */
  private static void assertAnotherRun(
      String what, ForgettingRecorder recorder, Consumer<ForgettingRecorder> run) {
    assertRefused(IllegalStateException.class, () -> run.accept(recorder), what);
  }

  @Test
  void aRecorderWatchesTheRunThatItWasMadeFor() {
    BatchOrder order = order();
    BatchOrder last = others(8).withForgetBatch(firstEight(), Position.LAST);
    BatchOrder longer =
        BatchOrder.fixed(DATA, IntStream.range(8, 32).toArray(), 8, 3)
            .withForgetBatch(firstEight(), Position.FIRST);
    Batch moreThanX = Batch.of(DATA, IntStream.range(0, 16).toArray());
    BatchOrder wider = others(16).withForgetBatch(moreThanX, Position.FIRST);
    List<SgdTrainer> trainers =
        List.of(
            TRAINER.withSchedule(Schedule.constant(0.2)),
            TRAINER.withSchedule(Schedule.stepDecay(0.1, 0.5, 1)),
            TRAINER.withMomentum(0.9),
            TRAINER.withGammaDecay(new GammaDecay(2, 1)),
            TRAINER.withObjective(Objective.squaredError()));
    List<String> named =
        List.of(
            "rate or momentum", "rate or momentum", "rate or momentum", "objective", "objective");
    for (int i = 0; i < trainers.size(); i++) {
      SgdTrainer another = trainers.get(i);
      try (Network network = network();
          ForgettingRecorder recorder = new ForgettingRecorder(network, order, TRAINER, SKIPPED)) {
        assertAnotherRun(named.get(i), recorder, r -> another.train(network, order, r));
      }
    }
    // Of the same batches, but none of them a visit.
    BatchOrder unvisited = others(0);
    assertEquals(order.batch(0), unvisited.batch(0));
    for (BatchOrder another : List.of(last, longer, wider, others(8), unvisited)) {
      try (Network network = network();
          ForgettingRecorder recorder = new ForgettingRecorder(network, order, TRAINER, SKIPPED)) {
        String what = another == unvisited ? "at step 0 no visit, not a visit" : "another order";
        assertAnotherRun(what, recorder, r -> TRAINER.train(network, another, r));
      }
    }
    try (Network network = network();
        Network retrained = network.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(network, order, TRAINER, SKIPPED)) {
      assertAnotherRun(
          "another removal",
          recorder,
          r -> TRAINER.trainInLockStep(network, retrained, order, Removal.zeroGradient(), r));
    }
    try (Network network = network();
        Network another = network.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(network, order, TRAINER, SKIPPED)) {
      assertAnotherRun("of another", recorder, r -> TRAINER.train(another, order, r));
    }
  }

  @Test
  void aRecorderIsMadeRightBeforeItsRun() {
    BatchOrder order = order();
    try (Network network = network();
        ForgettingRecorder early = new ForgettingRecorder(network, order, TRAINER, SKIPPED);
        CheckpointedError error =
            new CheckpointedError(CheckpointSpacing.everyStep(), early.startWeights())) {
      network.step(order.batch(1), Objective.crossEntropy(), SgdStep.plain(0.1)).value();
      assertAnotherRun("right before", early, r -> TRAINER.train(network, order, r));
      assertRefused(
          IllegalStateException.class, () -> TRAINER.train(network, order, error), "give it w_0");
      TRAINER.train(network, order);
      // Made after the run, it has seen no visit that it could undo.
      try (ForgettingRecorder late = new ForgettingRecorder(network, order, TRAINER, SKIPPED);
          CheckpointRecorder visits = new CheckpointRecorder(late, CheckpointSpacing.everyStep())) {
        for (RecordedUnlearning method :
            List.of(
                new SingleGradientUnlearning(),
                new AmnesiacUnlearning(),
                new CheckpointedUnlearning(visits),
                new Retraining())) {
          assertRefused(
              IllegalStateException.class,
              () -> method.unlearnedWeights(late),
              "watched no step",
              "trainer.train(network, order, recorder)");
          assertThrows(IllegalStateException.class, () -> method.unlearnedNetwork(late));
        }
      }
    }
  }

  @Test
  void recordersGoOnOnlyFromWhatIsTheirs() {
    BatchOrder order = order();
    SgdTrainer momentum = TRAINER.withMomentum(0.5);
    try (Network network = network();
        Network twin = network.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(network, order, TRAINER, SKIPPED);
        ForgettingRecorder other = new ForgettingRecorder(twin, order, momentum, SKIPPED);
        ForgettingRecorder shorter =
            new ForgettingRecorder(
                twin,
                BatchOrder.fixed(DATA, new int[] {8}, 1, 1)
                    .withForgetBatch(firstEight(), Position.FIRST),
                TRAINER,
                SKIPPED)) {
      TRAINER.train(network, order, recorder);
      for (ForgettingRecorder bad : List.of(recorder, other, shorter)) {
        assertThrows(IllegalArgumentException.class, () -> bad.resume(recorder.collected()));
      }
    }
  }

  @Test
  void mAndItsRetrainedModelAreTwoInOneState() {
    BatchOrder order = order();
    SgdTrainer trainer = TRAINER.withMomentum(0.9);
    try (Network network = network();
        Network fresh = network.copy()) {
      assertRefused(
          IllegalArgumentException.class,
          () -> trainer.trainInLockStep(network, network, order, SKIPPED),
          "one network",
          "original.copy()");
      // The same weights, but the momentum of an earlier training.
      trainer.train(network, order);
      try (ParameterVector w = network.weights()) {
        fresh.setWeights(w);
      }
      assertRefused(
          IllegalArgumentException.class,
          () -> trainer.trainInLockStep(network, fresh, order, SKIPPED),
          "the same momentum");
    }
    BatchOrder images = Fixtures.order(Fixtures.images(), 4, 1, 1);
    try (Network network = Fixtures.float32().network(Architectures.resnet8(2, 10), 1);
        Network fresh = network.copy()) {
      TRAINER.train(network, images);
      try (ParameterVector w = network.weights()) {
        fresh.setWeights(w);
      }
      assertRefused(
          IllegalArgumentException.class,
          () -> TRAINER.trainInLockStep(network, fresh, images, SKIPPED),
          "running statistics");
    }
  }

  @Test
  void anExpansionHasNoMomentum() {
    assertRefused(
        IllegalArgumentException.class,
        () -> new UnrolledSgd(TRAINER.withMomentum(0.9)),
        "without momentum",
        "0.9");
  }

  @Test
  void numbersOutOfRangeAreNamed() {
    List<Double> rates = List.of(0.1, 0.1);
    GradientFactor factor = GradientFactor.MOMENTUM_CORRECTED;
    for (double momentum : new double[] {-0.1, 1, Double.NaN}) {
      assertRefused(
          IllegalArgumentException.class,
          () -> factor.value(rates, new int[] {0}, momentum),
          "[0, 1)",
          "" + momentum);
    }
    for (double rate : new double[] {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertRefused(
          IllegalArgumentException.class,
          () -> factor.value(List.of(0.1, rate), new int[] {0}, 0.5),
          "positive",
          "" + rate);
    }
    assertThrows(IllegalArgumentException.class, () -> factor.value(rates, new int[] {-1}, 0.5));
    assertThrows(IllegalArgumentException.class, () -> factor.value(rates, new int[] {1, 1}, 0.5));
    assertThrows(IllegalArgumentException.class, () -> TRAINER.objective(-1));
    assertEquals(2, TRAINER.objective(0).gamma());
    try (Network network = network();
        ParameterVector w = network.weights();
        ParameterVector g = network.weights()) {
      for (double bad : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
        assertRefused(
            IllegalArgumentException.class,
            () -> SingleGradientUnlearning.unlearnedWeights(w, g, bad),
            "" + bad);
      }
    }
  }
}
