package dev.unrolling.unlearning.theory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.curvature.DominantEigenvalue;
import dev.unrolling.curvature.Lanczos;
import dev.unrolling.curvature.PowerIteration;
import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.Layer;
import dev.unrolling.training.DivergenceException;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.TrainingInterruptedException;
import dev.unrolling.training.schedule.GammaDecay;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.theory.UnlearningError.Averaging;
import dev.unrolling.unlearning.theory.UnlearningErrorRecorder.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class UnlearningErrorRecorderTest {

  private static final UnlearningError PUBLISHED = UnlearningError.published();

  /** A and B in turn: the Hessians of half their squared errors have eigenvalues 2 and 5. */
  private static BatchOrder inTurn(int epochs) {
    return BatchOrder.fixed(Fixtures.twoPoints(), new int[] {0, 1}, 1, epochs);
  }

  private static SgdTrainer line(Schedule schedule) {
    return new SgdTrainer(Objective.squaredError(), schedule);
  }

  private static final SgdTrainer LINE = line(Schedule.constant(0.1));

  /** Batch norm on few values of real pictures: a product takes a millisecond. */
  private static final Architecture SMALL =
      new Architecture(
          "small",
          List.of(3, 32, 32),
          10,
          List.of(
              new Layer.Convolution(3, 3, 4, 4, 0, false),
              new Layer.BatchNorm(3),
              new Layer.Tanh(),
              new Layer.AveragePool(4),
              new Layer.Flatten(),
              new Layer.Dense(12, 10, true)));

  private static final BatchOrder PICTURES =
      BatchOrder.fixed(Fixtures.images(), IntStream.range(0, 32).toArray(), 8, 2);

  private static final Objective PENALISED =
      Objective.crossEntropy().withGamma(5).withWeightDecay(0.01);
  private static final SgdTrainer TRAINER =
      new SgdTrainer(PENALISED, Schedule.constant(0.05)).withMomentum(0.5);

  private static Network small() {
    // On one thread: at this size others only wait for each other.
    return Fixtures.float64().withThreads(1).network(SMALL, 1);
  }

  private static StepListener after(Consumer<Step> action) {
    return new StepListener() {
      @Override
      public void afterStep(Step step, StepLosses losses) {
        action.accept(step);
      }
    };
  }

  @Test
  void aLineByHand() {
    try (Network network = Fixtures.lineAtZero(Fixtures.float64());
        var recorder = new UnlearningErrorRecorder(network, inTurn(2), LINE, 3)) {
      LINE.train(network, inTurn(2), recorder);
      // (w, b): A (.1, .1), B (.04, .07), A (.129, .159), B (.0456, .1173).
      Measurement third = recorder.measurements().get(0);
      double movement = Math.sqrt(.129 * .129 + .159 * .159);
      assertEquals(3, third.stepsDone());
      assertEquals(2, third.sigma().value(), 1e-5);
      assertEquals(movement, third.movement(), 1e-12);
      assertEquals(0.1 * 0.1 * movement * 2 * 2 / 2, third.e(), 1e-7);
      assertEquals(0.1 * movement * 2 * 2 / 2, third.e1(), 1e-6);
      // The last step is measured too; the sigmas are 2 and 5, their mean 3.5.
      Measurement fourth = recorder.measurements().get(1);
      movement = Math.sqrt(.0456 * .0456 + .1173 * .1173);
      assertEquals(2, recorder.measurements().size());
      assertEquals(4, fourth.stepsDone());
      assertEquals(0.1, fourth.rate());
      assertEquals(5, fourth.sigma().value(), 1e-5);
      assertTrue(fourth.sigma().converged() && fourth.sigma().products() > 0);
      assertEquals(0.01 * movement * 3.5 * 3 / 2, fourth.e(), 1e-7);
      assertEquals(0.1 * movement * 3.5 * 3 / 2, fourth.e1(), 1e-6);
      assertEquals(
          0.01 * movement * 5 * 3 / 2,
          recorder.value(PUBLISHED.withAveraging(Averaging.LAST)),
          1e-7);
      assertEquals(
          0.01 * movement * (Math.sqrt(2) + Math.sqrt(5)) / 2 * 3 / 2,
          recorder.value(UnlearningError.authorsSquareRoot()),
          1e-7);
      assertEquals(List.of(third.e(), fourth.e()), recorder.values(PUBLISHED));
      assertEquals(List.of(third.e1(), fourth.e1()), recorder.values(UnlearningError.oneEta()));
    }
  }

  @Test
  void aRateThatFallsCountsByItsMean() {
    // .1 twice, then .05 twice.
    SgdTrainer falling = line(Schedule.stepDecay(0.1, 0.5, 1));
    try (Network network = Fixtures.lineAtZero(Fixtures.float64());
        var recorder = new UnlearningErrorRecorder(network, inTurn(2), falling, 4)) {
      falling.train(network, inTurn(2), recorder);
      Measurement last = recorder.measurements().get(0);
      assertEquals(0.075, last.rate(), 1e-15);
      assertEquals(0.075 * last.movement() * 5 * 3 / 2, last.e1(), 1e-5 * last.e1());
      assertEquals(0.075 * last.e1(), last.e(), 1e-15);
    }
  }

  @Test
  void aRateThatStaysIsItselfToTheLastBit() {
    SgdTrainer odd = line(Schedule.constant(0.007));
    try (Network network = Fixtures.lineAtZero(Fixtures.float64());
        var recorder = new UnlearningErrorRecorder(network, inTurn(150), odd, 50)) {
      odd.train(network, inTurn(150), recorder);
      recorder.measurements().forEach(m -> assertEquals(0.007, m.rate()));
    }
  }

  private static Sigma sigma(
      Network network,
      Batch batch,
      Objective objective,
      Mode mode,
      Function<LinearOperator, DominantEigenvalue> method) {
    try (LinearOperator hessian = network.hessian(batch, objective, mode);
        DominantEigenvalue top = method.apply(hessian)) {
      return Sigma.of(top);
    }
  }

  /** Sigma after each second step, as an option says, and by hand. */
  private static List<Sigma> assertMeasures(
      SigmaMeasurement option, SgdTrainer trainer, Function<Step, Sigma> expected) {
    List<Sigma> byHand = new ArrayList<>();
    List<Double> movements = new ArrayList<>();
    try (Network network = small();
        var recorder = new UnlearningErrorRecorder(network, PICTURES, trainer, 2, option);
        var start = network.weights()) {
      StepListener hand =
          after(
              step -> {
                if (step.stepsDone() % 2 == 0) {
                  byHand.add(expected.apply(step));
                  try (var weights = step.network().weights()) {
                    movements.add(weights.distance(start));
                  }
                }
              });
      trainer.train(network, PICTURES, recorder, hand);
      List<Measurement> measured = recorder.measurements();
      assertEquals(byHand, measured.stream().map(Measurement::sigma).toList());
      for (int i = 0; i < 4; i++) {
        List<Double> signed = byHand.subList(0, i + 1).stream().map(Sigma::signed).toList();
        assertEquals(
            PUBLISHED.value(0.05, movements.get(i), 2 * i + 2, signed), measured.get(i).e());
        assertEquals(
            UnlearningError.oneEta().value(0.05, movements.get(i), 2 * i + 2, signed),
            measured.get(i).e1());
      }
    }
    return byHand;
  }

  @Test
  @Tag("slow")
  void eachOptionIsWhatItSays() {
    Lanczos method = SigmaMeasurement.lanczos();
    SigmaMeasurement standard = SigmaMeasurement.standard();
    Batch fixed = Batch.of(Fixtures.images(), 40, 41, 42, 43);
    List<Sigma> usual =
        assertMeasures(
            standard,
            TRAINER,
            s -> sigma(s.network(), s.batch(), PENALISED, Mode.EVALUATION, method::dominant));
    List<Sigma> training =
        assertMeasures(
            standard.withMode(Mode.TRAINING),
            TRAINER,
            s -> sigma(s.network(), s.batch(), PENALISED, Mode.TRAINING, method::dominant));
    List<Sigma> plain =
        assertMeasures(
            standard.withPlainLoss(),
            TRAINER,
            s ->
                sigma(
                    s.network(),
                    s.batch(),
                    Objective.crossEntropy(),
                    Mode.EVALUATION,
                    method::dominant));
    List<Sigma> onFixed =
        assertMeasures(
            standard.withBatch(fixed),
            TRAINER,
            s -> sigma(s.network(), fixed, PENALISED, Mode.EVALUATION, method::dominant));
    Lanczos exact = new Lanczos().withTolerance(1e-6);
    List<Sigma> exactly =
        assertMeasures(
            standard.withMethod(exact::dominant),
            TRAINER,
            s -> sigma(s.network(), s.batch(), PENALISED, Mode.EVALUATION, exact::dominant));
    for (int i = 0; i < 4; i++) {
      for (List<Sigma> other : List.of(training, plain, onFixed)) {
        assertNotEquals(usual.get(i).value(), other.get(i).value(), 1e-3 * usual.get(i).value());
      }
      assertEquals(usual.get(i).value(), exactly.get(i).value(), 1e-2 * usual.get(i).value());
    }
  }

  @Test
  void anOptionChangesWhatItNames() {
    // Three products tell the Hessians apart.
    Function<LinearOperator, DominantEigenvalue> few = new PowerIteration().withMaxProducts(3)::run;
    Function<LinearOperator, DominantEigenvalue> one = new PowerIteration().withMaxProducts(1)::run;
    SigmaMeasurement standard = SigmaMeasurement.standard().withMethod(few);
    Batch batch = PICTURES.batch(1);
    Batch fixed = Batch.of(Fixtures.images(), 40, 41, 42, 43);
    try (Network network = small()) {
      Sigma usual = sigma(network, batch, PENALISED, Mode.EVALUATION, few);
      assertEquals(usual, standard.measure(network, batch, PENALISED));
      Map<SigmaMeasurement, Sigma> others =
          Map.of(
              standard.withMode(Mode.TRAINING),
              sigma(network, batch, PENALISED, Mode.TRAINING, few),
              standard.withPlainLoss(),
              sigma(network, batch, Objective.crossEntropy(), Mode.EVALUATION, few),
              standard.withBatch(fixed),
              sigma(network, fixed, PENALISED, Mode.EVALUATION, few),
              standard.withMethod(one),
              sigma(network, batch, PENALISED, Mode.EVALUATION, one));
      others.forEach(
          (option, expected) -> {
            assertEquals(expected, option.measure(network, batch, PENALISED));
            assertNotEquals(usual.value(), expected.value(), 1e-3 * usual.value());
          });
    }
  }

  @Test
  void theBoundStandsInForAnEigenvalueThatIsNotKnown() {
    assertEquals(-4, new Sigma(4, -4, 1e-4, true, 9).signed());
    assertEquals(5, new Sigma(5, -4, 0.1, false, 9).signed());
  }

  @Test
  void gammaIsThatOfTheStep() {
    SgdTrainer falling = TRAINER.withGammaDecay(new GammaDecay(10, 1));
    List<Sigma> sigmas =
        assertMeasures(
            SigmaMeasurement.standard(),
            falling,
            s ->
                sigma(
                    s.network(),
                    s.batch(),
                    PENALISED.withGamma(s.index() < 4 ? 5 : 0.5),
                    Mode.EVALUATION,
                    SigmaMeasurement.lanczos()::dominant));
    assertEquals(4, sigmas.size());
  }

  @Test
  @Tag("slow")
  void measuringMovesNothing() {
    try (Network watched = small();
        Network alone = small();
        var recorder =
            new UnlearningErrorRecorder(
                watched,
                PICTURES,
                TRAINER,
                1,
                SigmaMeasurement.standard().withMode(Mode.TRAINING))) {
      TRAINER.train(watched, PICTURES, recorder);
      TRAINER.train(alone, PICTURES);
      assertTrue(Fixtures.sameBits(alone.saveState(), watched.saveState()));
    }
  }

  @Test
  void anInterruptedRunResumesToTheSameMeasurements() {
    List<Measurement> unbroken;
    try (Network network = small();
        var recorder = new UnlearningErrorRecorder(network, PICTURES, TRAINER, 3)) {
      TRAINER.train(network, PICTURES, recorder);
      unbroken = recorder.measurements();
    }
    // The interrupt comes before the measurement of step 3, which is finished all the same.
    StepListener interrupt =
        after(
            step -> {
              if (step.stepsDone() == 3) {
                Thread.currentThread().interrupt();
              }
            });
    NetworkState stopped;
    UnlearningErrorRecorder.Collected collected;
    try (Network network = small();
        var recorder = new UnlearningErrorRecorder(network, PICTURES, TRAINER, 3)) {
      stopped =
          assertThrows(
                  TrainingInterruptedException.class,
                  () -> TRAINER.train(network, PICTURES, interrupt, recorder))
              .saved()
              .networks()
              .get(0);
      collected = recorder.collected();
    }
    assertEquals(3, collected.stepsDone());
    assertEquals(unbroken.subList(0, 1), collected.measurements());
    try (Network network = small();
        var recorder = new UnlearningErrorRecorder(network, PICTURES, TRAINER, 3)) {
      recorder.resume(collected);
      network.restore(stopped);
      TRAINER.withFirstStep(3).train(network, PICTURES, recorder);
      assertEquals(unbroken, recorder.measurements());
      assertEquals(List.of(3, 6, 8), unbroken.stream().map(Measurement::stepsDone).toList());
      assertThrows(IllegalArgumentException.class, () -> recorder.resume(collected));
    }
    try (Network network = small();
        var recorder =
            new UnlearningErrorRecorder(
                network, BatchOrder.fixed(Fixtures.images(), new int[] {1, 2}, 1, 1), TRAINER, 3)) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> recorder.resume(collected))
              .getMessage();
      assertTrue(message.contains("at most the 2 steps") && message.contains("from 3"), message);
      recorder.resume(new UnlearningErrorRecorder.Collected(2, 0.05, List.of()));
      assertEquals(2, recorder.stepsDone());
    }
  }

  @Test
  void theCheckpointedErrorTakesItsSigmas() {
    CheckpointSpacing three = new CheckpointSpacing(3);
    try (Network network = Fixtures.lineAtZero(Fixtures.float64());
        var recorder = new UnlearningErrorRecorder(network, inTurn(4), LINE, 2);
        var whole = new CheckpointedError(CheckpointSpacing.onlyAtStart(), recorder);
        var cut = new CheckpointedError(three, recorder);
        var byHand = new CheckpointedError(three, recorder.startWeights())) {
      StepListener hand =
          after(
              step ->
                  recorder.justMeasured().ifPresent(m -> byHand.addEigenvalue(m.sigma().signed())));
      LINE.train(network, inTurn(4), recorder, whole, cut, byHand, hand);
      assertEquals(recorder.value(PUBLISHED), whole.value(PUBLISHED), 1e-15);
      assertEquals(byHand.segments(), cut.segments());
      assertEquals(
          List.of(1, 2, 1), cut.segments().stream().map(s -> s.eigenvalues().size()).toList());
      assertTrue(cut.value(PUBLISHED) < whole.value(PUBLISHED));
    }
    try (Network network = Fixtures.lineAtZero(Fixtures.float64());
        var recorder = new UnlearningErrorRecorder(network, inTurn(1), LINE, 2);
        var early = new CheckpointedError(three, recorder)) {
      String message =
          assertThrows(
                  IllegalStateException.class,
                  () -> LINE.train(network, inTurn(1), early, recorder))
              .getMessage();
      assertTrue(message.contains("watched 0 steps, not 1"), message);
    }
  }

  @Test
  void aDivergingRunIsEndedByTheTrainer() {
    SgdTrainer hot = line(Schedule.constant(1e200));
    try (Network network = Fixtures.lineAtZero(Fixtures.float64());
        var recorder = new UnlearningErrorRecorder(network, inTurn(2), hot, 4)) {
      assertThrows(DivergenceException.class, () -> hot.train(network, inTurn(2), recorder));
      assertEquals(List.of(), recorder.measurements());
    }
  }

  private static void assertRefuses(
      String part, SgdTrainer trainer, BatchOrder order, Consumer<Network> before) {
    try (Network network = Fixtures.lineAtZero(Fixtures.float64());
        var recorder = new UnlearningErrorRecorder(network, inTurn(1), LINE, 1)) {
      before.accept(network);
      String message =
          assertThrows(IllegalStateException.class, () -> trainer.train(network, order, recorder))
              .getMessage();
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void anotherRunThanItsOwnIsRefused() {
    Consumer<Network> nothing = network -> {};
    BatchOrder reversed = BatchOrder.fixed(Fixtures.twoPoints(), new int[] {1, 0}, 1, 1);
    assertRefuses(
        "begin with [1], not 1 examples of tiny that begin with [0]", LINE, reversed, nothing);
    assertRefuses("the end after 2 steps", LINE, inTurn(2), nothing);
    assertRefuses("another rate or momentum", line(Schedule.constant(0.2)), inTurn(1), nothing);
    assertRefuses("another rate or momentum", LINE.withMomentum(0.9), inTurn(1), nothing);
    assertRefuses(
        "another objective", LINE.withObjective(Objective.crossEntropy()), inTurn(1), nothing);
    assertRefuses("moved by 1.0", LINE, inTurn(1), UnlearningErrorRecorderTest::move);
    assertRefuses(
        "expects step 0 of its own network, not step 1", LINE.withFirstStep(1), inTurn(1), nothing);
  }

  private static void move(Network network) {
    try (var weights = network.weights();
        var other = Fixtures.float64().network(Architectures.linear(1, 1), 0);
        var direction = other.weights()) {
      network.setWeights(weights.addInPlace(1 / direction.norm2(), direction));
    }
  }

  @Test
  void whatCannotBeMeasuredIsRefusedBeforeTheRun() {
    Batch picture = Batch.of(Fixtures.images(), 0);
    try (Network network = Fixtures.lineAtZero(Fixtures.float64())) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new UnlearningErrorRecorder(network, inTurn(1), LINE, 0))
              .getMessage();
      assertEquals("the unlearning error is measured every 1 step or more, not every 0", message);
      SigmaMeasurement onPicture = SigmaMeasurement.standard().withBatch(picture);
      message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new UnlearningErrorRecorder(network, inTurn(1), LINE, 1, onPicture))
              .getMessage();
      assertTrue(message.contains("[3, 32, 32]") && message.contains("takes [1]"), message);
      assertThrows(
          IllegalArgumentException.class,
          () -> SigmaMeasurement.standard().withBatch(picture.emptied()));
      try (var recorder = new UnlearningErrorRecorder(network, inTurn(2), LINE, 3)) {
        message =
            assertThrows(IllegalStateException.class, () -> recorder.value(PUBLISHED)).getMessage();
        assertTrue(message.contains("the first measurement follows step 3"), message);
      }
    }
  }
}
