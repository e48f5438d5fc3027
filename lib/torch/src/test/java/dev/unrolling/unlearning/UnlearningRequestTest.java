package dev.unrolling.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** One request for all methods, as objects and by name, and what it refuses. */
class UnlearningRequestTest {

  private static final Dataset POINTS = Fixtures.twoPoints();
  private static final Batch A = Batch.of(POINTS, 0);
  private static final SgdTrainer TRAINER =
      new SgdTrainer(Objective.squaredError(), Schedule.constant(0.1));

  private static void assertRefused(String part, Runnable asked) {
    String message = assertThrows(IllegalArgumentException.class, asked::run).getMessage();
    assertTrue(message.contains(part), message);
    assertTrue(!message.contains("\n"), message);
  }

  @Test
  void eachNameServesTheRequest() {
    BatchOrder order =
        BatchOrder.fixed(POINTS, new int[] {1}, 1, 2).withForgetBatch(A, BatchOrder.Position.FIRST);
    Removal removal = Removal.skippedStep();
    try (Network original = Fixtures.lineAtZero(Fixtures.float64());
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, TRAINER, removal)) {
      TRAINER.trainInLockStep(original, retrained, order, removal, recorder);
      UnlearningRequest request =
          UnlearningRequest.of(original, A).withRetained(1).withRecord(recorder);
      assertEquals(Objective.squaredError(), request.objective(), "that of the trainer");
      // By hand in UnlearningMethodTest.
      assertError("single-gradient", Math.sqrt(0.03067865), request, retrained);
      assertError("amnesiac", 0.0717 * Math.sqrt(5), request, retrained);
      assertError("retraining", 0, request, retrained);
      for (String name : UnlearningMethods.names()) {
        UnlearningMethod method = UnlearningMethods.named(name);
        // The baselines need classes (BaselinesTest); this is a line.
        if (method.getClass().getPackage().equals(UnlearningMethod.class.getPackage())) {
          method.unlearn(request).close();
        }
      }
    }
  }

  private static void assertError(
      String name, double expected, UnlearningRequest request, Network retrained) {
    UnlearningMethod method = UnlearningMethods.named(name);
    assertEquals(name, method.name());
    try (Network unlearned = method.unlearn(request)) {
      assertEquals(expected, VerificationError.value(unlearned, retrained), 1e-15, name);
    }
  }

  @Test
  void anUnknownNameListsThoseThereAre() {
    assertRefused(
        "no unlearning method is called \"magic\"; there is amnesiac, bad-teacher,"
            + " boundary-shrink, cf-k, eu-k, fine-tuning, fisher, gradient-ascent, krylov, l1-sparse, neg-grad-plus,"
            + " random-labels, retraining, salun, scrub, single-gradient, ssd, trajectory, unsir",
        () -> UnlearningMethods.named("magic"));
    assertRefused("no unlearning method", () -> UnlearningMethods.named("Amnesiac"));
  }

  @Test
  void aMethodWithoutWhatItNeedsSaysSo() {
    try (Network line = Fixtures.lineAtZero(Fixtures.float64())) {
      UnlearningRequest request = UnlearningRequest.of(line, A);
      for (String name :
          List.of("single-gradient", "amnesiac", "retraining", "krylov", "trajectory")) {
        assertRefused(
            "unlearning by \"" + name + "\" needs the record of the run from w_0",
            () -> UnlearningMethods.named(name).unlearn(request));
      }
      assertRefused(
          "unlearning by \"fine-tuning\" needs the retain set",
          () -> UnlearningMethods.named("fine-tuning").unlearn(request));
    }
  }

  /** A method of one's own that gives some network. */
  private record Giving(Function<UnlearningRequest, Network> given) implements UnlearningMethod {
    @Override
    public String name() {
      return "giving";
    }

    @Override
    public Network unlearn(UnlearningRequest request) {
      return given.apply(request);
    }
  }

  @Test
  void aMethodGivesANewNetworkOfTheSameArchitecture() {
    try (Network line = Fixtures.lineAtZero(Fixtures.float64())) {
      UnlearningRequest request = UnlearningRequest.of(line, A);
      try (Network made =
          UnlearningMethods.apply(new Giving(asked -> asked.trained().copy()), request)) {
        assertEquals(0, VerificationError.value(made, line));
      }
      assertRefused(
          "unlearning by \"giving\" gave no network; a method gives a new network",
          () -> UnlearningMethods.apply(new Giving(asked -> null), request));
      assertRefused(
          "gave the network that it was given",
          () -> UnlearningMethods.apply(new Giving(UnlearningRequest::trained), request));
      assertRefused(
          "gave a network \"linear-7\" for \"" + line.architecture().name() + "\"",
          () ->
              UnlearningMethods.apply(
                  new Giving(asked -> Fixtures.float64().network(Architectures.linear(7, 2), 1)),
                  request));
      try (ParameterVector weights = line.weights()) {
        assertEquals(0, weights.norm2(), "still open");
      }
    }
  }

  @Test
  void aRecordOfSomethingElseIsRefused() {
    BatchOrder order =
        BatchOrder.fixed(POINTS, new int[] {1}, 1, 1).withForgetBatch(A, BatchOrder.Position.FIRST);
    try (Network line = Fixtures.lineAtZero(Fixtures.float64());
        Network other = line.copy();
        ForgettingRecorder recorder =
            new ForgettingRecorder(line, order, TRAINER, Removal.skippedStep())) {
      TRAINER.train(line, order, recorder);
      assertRefused(
          "the record is of another network",
          () ->
              new AmnesiacUnlearning()
                  .unlearn(UnlearningRequest.of(other, A).withRecord(recorder)));
      assertRefused(
          "the record is of forgetting 1 examples of tiny, the first [0], the request of forgetting"
              + " 1 examples of tiny, the first [1]",
          () ->
              new AmnesiacUnlearning()
                  .unlearn(UnlearningRequest.of(line, Batch.of(POINTS, 1)).withRecord(recorder)));
    }
  }

  @Test
  void whatIsForgottenCannotStay() {
    try (Network line = Fixtures.lineAtZero(Fixtures.float64())) {
      assertRefused(
          "example 0 of tiny is to be forgotten and among the retained",
          () -> UnlearningRequest.of(line, A).withRetained(1, 0));
      assertRefused(
          "at least one example to forget", () -> UnlearningRequest.of(line, A.emptied()));
    }
  }
}
