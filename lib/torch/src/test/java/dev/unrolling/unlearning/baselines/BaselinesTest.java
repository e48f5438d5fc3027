package dev.unrolling.unlearning.baselines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.InitialWeights;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Logits;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.FineTuningUnlearning;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningMethods;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.Retargeted;
import dev.unrolling.unlearning.baselines.parts.WeightMask;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** The methods of later papers: by hand on two points, and what they come to at their ends. */
class BaselinesTest {

  /** A: x = 1 of class 1; B: x = 2 of class 0. */
  private static final Dataset POINTS = Fixtures.twoPoints();

  private static final double[] ZERO = {0, 0, 0, 0};

  /** Logits w_c x + b_c of two classes; weights w_0, w_1, b_0, b_1. */
  private static Network line(double... weights) {
    return Fixtures.float64().network(Architectures.linear(1, 2), Nd4j.createFromArray(weights));
  }

  private static SgdPlan plan(double rate, int epochs, double momentum) {
    return new SgdPlan(Schedule.constant(rate), epochs, 4, momentum);
  }

  private static UnlearningRequest forgetA(Network line) {
    return UnlearningRequest.of(line, Batch.of(POINTS, 0)).withRetained(1);
  }

  private static double[] unlearned(UnlearningMethod method, UnlearningRequest request) {
    NetworkState before = request.trained().saveState();
    try (Network made = method.unlearn(request)) {
      NetworkState state = made.saveState();
      assertTrue(state.velocity().isEmpty(), "no momentum is left to move M''");
      assertTrue(Fixtures.sameBits(before, request.trained().saveState()), "M stays");
      return state.weights().toDoubleVector();
    }
  }

  private static void assertUnlearned(
      UnlearningMethod method, UnlearningRequest request, double... expected) {
    assertArrayEquals(expected, unlearned(method, request), 1e-14, method.displayName());
  }

  /** A trained linear model over real features, class 3 to be forgotten. */
  private static Network known() {
    Dataset data = Fixtures.features();
    Network network = Fixtures.float64().network(Fixtures.linear(), 1);
    Batch all = Batch.of(data, IntStream.range(0, data.size()).toArray());
    for (int i = 0; i < 50; i++) {
      network.step(all, Objective.crossEntropy(), new SgdStep(0.5, 0.5));
    }
    return network;
  }

  private static UnlearningRequest forgetClass(Network network) {
    Dataset data = Fixtures.features();
    int[] forgotten = IntStream.range(0, data.size()).filter(i -> data.label(i) == 3).toArray();
    return UnlearningRequest.of(network, Batch.of(data, forgotten))
        .withRetained(Subsets.rest(data, forgotten))
        .withSeed(5);
  }

  private static SgdPlan small() {
    return new SgdPlan(Schedule.constant(0.05), 2, 16, 0.9);
  }

  @Test
  void negGradPlusByHand() {
    // At 0 both classes have 1/2. B: (-1, 1, -.5, .5); A: (.5, -.5, .5, -.5).
    try (Network line = line(ZERO)) {
      assertUnlearned(
          new NegGradPlus(plan(0.1, 1, 0), 0.25), forgetA(line), 0.0875, -0.0875, 0.05, -0.05);
    }
  }

  @Test
  void withoutWeightNegGradPlusAndL1AndAllLayersAreFineTuning() {
    try (Network network = known()) {
      UnlearningRequest request =
          forgetClass(network).withObjective(Objective.crossEntropy().withWeightDecay(0.01));
      double[] tuned = unlearned(new FineTuningUnlearning(small()), request);
      for (UnlearningMethod same :
          List.of(
              new NegGradPlus(small(), 0),
              new SparseFineTuning(small(), 0),
              new LastLayersFineTuning(small(), 1))) {
        assertArrayEquals(tuned, unlearned(same, request), 1e-12, same.name());
      }
      double[] negated = unlearned(new NegGradPlus(small(), 0.1), request);
      assertTrue(Math.abs(tuned[0] - negated[0]) > 1e-6);
    }
  }

  @Test
  void twoStepsOfL1ByHand() {
    // One output, squared error. The residual of B is 2 w + c: .7, gradient (1.4, .7) + .5 (1, 1);
    // then at (.01, .18) it is .2, gradient (.4, .2) + .25 (1, 1).
    try (Network line =
        Fixtures.float64()
            .network(Architectures.linear(1, 1), Nd4j.createFromArray(new double[] {0.2, 0.3}))) {
      assertUnlearned(
          new SparseFineTuning(plan(0.1, 2, 0), 0.5),
          forgetA(line).withObjective(Objective.squaredError()),
          -0.055,
          0.135);
    }
  }

  @Test
  void randomLabelsByHand() {
    // A can only become class 0, as B is: slopes (-.5, .5) each, halved by the mean.
    try (Network line = line(ZERO)) {
      assertUnlearned(new RandomLabels(plan(0.1, 1, 0)), forgetA(line), 0.075, -0.075, 0.05, -0.05);
    }
  }

  @Test
  void aWrongLabelIsNeverTheTrueOneAndEachOtherOccurs() {
    Dataset data = Fixtures.features();
    Batch all = Batch.of(data, IntStream.range(0, data.size()).toArray());
    Retargeted wrong = new Retargeted(data).withOtherLabels(all, 3);
    boolean[] seen = new boolean[10];
    for (int i = 0; i < data.size(); i++) {
      double[] target = wrong.target(i);
      assertEquals(0, target[data.label(i)]);
      assertEquals(1, Arrays.stream(target).sum());
      seen[IntStream.range(0, 10).filter(c -> target[c] == 1).findFirst().orElseThrow()] = true;
    }
    assertArrayEquals(
        new boolean[] {true, true, true, true, true, true, true, true, true, true}, seen);
  }

  @Test
  void anotherSeedDrawsOtherLabels() {
    Dataset data = Fixtures.features();
    Batch all = Batch.of(data, IntStream.range(0, data.size()).toArray());
    Retargeted one = new Retargeted(data).withOtherLabels(all, 3);
    Retargeted other = new Retargeted(data).withOtherLabels(all, 4);
    long same =
        IntStream.range(0, data.size())
            .filter(i -> Arrays.equals(one.target(i), other.target(i)))
            .count();
    assertTrue(same < data.size() / 2, same + " of " + data.size());
  }

  @Test
  void labelsAreDrawnFromTheAnswers() {
    // 1/4 and 3/4 whatever x is.
    double bias = Math.log(3);
    Dataset many = Fixtures.tiny(new double[1000][1], new int[1000]);
    Batch all = Batch.of(many, IntStream.range(0, 1000).toArray());
    try (Network line = line(0, 0, -bias, 0);
        Network sure = line(0, 0, 0, 1000)) {
      Retargeted drawn = new Retargeted(many).withDrawnLabels(line, all, 3);
      Retargeted again = new Retargeted(many).withDrawnLabels(line, all, 4);
      long first = IntStream.range(0, 1000).filter(i -> drawn.target(i)[0] == 1).count();
      long apart =
          IntStream.range(0, 1000).filter(i -> drawn.target(i)[0] != again.target(i)[0]).count();
      assertTrue(Math.abs(first - 250) < 55, "4 standard deviations, not " + (first - 250));
      assertTrue(Math.abs(apart - 375) < 61, "independent by the seed: " + apart);
      Retargeted certain = new Retargeted(many).withDrawnLabels(sure, all, 3);
      assertArrayEquals(new double[] {0, 1}, certain.target(7));
    }
  }

  @Test
  void ofEqualMagnitudesTheFirstAreTheLargest() {
    double[] values = {1, -2, 2, 0};
    double[][] largest = {{0, 0, 0, 0}, {0, 1, 0, 0}, {0, 1, 1, 0}, {1, 1, 1, 0}, {1, 1, 1, 1}};
    try (Network line = line(ZERO);
        ParameterVector vector = line.vector(Nd4j.createFromArray(values))) {
      for (int count = 0; count <= values.length; count++) {
        WeightMask mask = WeightMask.ofLargest(vector, count / 4.0);
        try (ParameterVector moves = mask.on(line)) {
          assertArrayEquals(largest[count], moves.toArray().toDoubleVector());
        }
      }
    }
  }

  @Test
  void salUnMovesTheSalientHalfAndWithAllIsRandomLabels() {
    // B is forgotten: its gradient at 0 is (-1, 1, -.5, .5), so the biases are held.
    try (Network line = line(ZERO)) {
      UnlearningRequest request = UnlearningRequest.of(line, Batch.of(POINTS, 1)).withRetained(0);
      assertUnlearned(new SaliencyUnlearning(plan(0.1, 1, 0), 0.5), request, -0.075, 0.075, 0, 0);
    }
    try (Network network = known()) {
      UnlearningRequest request = forgetClass(network);
      assertArrayEquals(
          unlearned(new RandomLabels(small()), request),
          unlearned(new SaliencyUnlearning(small(), 1), request));
      double[] before = network.saveState().weights().toDoubleVector();
      double[] after = unlearned(new SaliencyUnlearning(small(), 0.25), request);
      long moved = IntStream.range(0, after.length).filter(i -> after[i] != before[i]).count();
      assertEquals(Math.round(0.25 * after.length), moved);
    }
  }

  @Test
  void theFirstLayersKeepTheirBits() {
    Architecture architecture = Fixtures.tanh();
    Dataset data = Fixtures.images();
    Batch forget = Batch.of(data, 0, 1, 2, 3);
    long last =
        architecture.parameters().entries().stream()
            .filter(entry -> entry.name().startsWith("dense1"))
            .mapToLong(entry -> entry.offset())
            .min()
            .orElseThrow();
    try (Network network = Fixtures.float64().network(architecture, 2)) {
      UnlearningRequest request =
          UnlearningRequest.of(network, forget).withRetained(IntStream.range(4, 12).toArray());
      double[] before = network.saveState().weights().toDoubleVector();
      double[] tuned = unlearned(new LastLayersFineTuning(plan(0.1, 1, 0.9), 1), request);
      double[] anew = unlearned(new LastLayersRetraining(plan(1e-300, 1, 0), 1), request);
      double[] drawn = InitialWeights.draw(architecture, 1).toDoubleVector();
      for (int i = 0; i < before.length; i++) {
        assertEquals(i < last, tuned[i] == before[i], "weight " + i);
        assertEquals(i < last ? before[i] : drawn[i], anew[i], "weight " + i);
      }
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new LastLayersFineTuning(plan(0.1, 1, 0), 4).unlearn(request))
              .getMessage();
      assertTrue(message.contains("1 to 3 layers of weights, not 4"), message);
    }
  }

  @Test
  void scrubWithoutForgettingIsDistillationWhichOfItselfIsNothing() {
    try (Network network = known()) {
      UnlearningRequest request = forgetClass(network);
      double[] before = network.saveState().weights().toDoubleVector();
      assertArrayEquals(
          before, unlearned(new Scrub(small(), 0, 16, 1, 0), request), 1e-13, "its own teacher");
      assertFalse(
          Arrays.equals(before, unlearned(new Scrub(small(), 0, 16, 1, 1), request)), "and labels");
    }
  }

  @Test
  void twoEpochsOfScrubByHand() {
    // Epoch 1: the copy answers as M, so the ascent stands still; B pulls by (-1, 1, -.5, .5).
    // Epoch 2: at (.1, -.1, .05, -.05) A has logits (.15, -.15), M's answer is (1/2, 1/2).
    double away = logistic(0.3) - 0.5;
    double w = 0.1 + 0.1 * away;
    double b = 0.05 + 0.1 * away;
    // Then B, of class 0, with half its label and half M's answer: (3/4, 1/4), weighed twice.
    double down = 2 * (logistic(2 * (2 * w + b)) - 0.75);
    w -= 0.1 * 2 * down;
    b -= 0.1 * down;
    try (Network line = line(ZERO)) {
      assertUnlearned(new Scrub(plan(0.1, 2, 0), 2, 1, 1, 1), forgetA(line), w, -w, b, -b);
    }
  }

  @Test
  void scrubDecaysWeightsOnceWhateverItsParts() {
    try (Network line = line(0.3, -0.2, 0.1, 0.4)) {
      UnlearningRequest request = forgetA(line);
      Scrub scrub = new Scrub(plan(0.1, 1, 0), 0, 1, 1, 2);
      double[] plain = unlearned(scrub, request);
      double[] decayed =
          unlearned(scrub, request.withObjective(Objective.crossEntropy().withWeightDecay(0.5)));
      double[] weights = {0.3, -0.2, 0.1, 0.4};
      for (int i = 0; i < weights.length; i++) {
        assertEquals(plain[i] - 0.1 * 0.5 * weights[i], decayed[i], 1e-14);
      }
    }
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Test
  void aBadTeacherByHand() {
    // B is taught M's own answer, which it has; A the answer t of a network drawn anew.
    try (Network line = line(ZERO);
        Network untrained = Fixtures.float64().network(Architectures.linear(1, 2), 1)) {
      double[] z = Logits.of(untrained, Batch.of(POINTS, 0))[0];
      double step = 0.1 * (0.5 - logistic(z[0] - z[1])) / 2;
      assertTrue(Math.abs(step) > 1e-3);
      assertUnlearned(new BadTeacher(plan(0.1, 1, 0), 1), forgetA(line), -step, step, -step, step);
    }
  }

  @Test
  void aBadTeacherIsSetAgainstAShareOfWhatStays() {
    Dataset three = Fixtures.tiny(new double[][] {{1}, {0}, {2}}, 1, 0, 0);
    try (Network line = line(ZERO)) {
      UnlearningRequest request = UnlearningRequest.of(line, Batch.of(three, 0)).withRetained(1, 2);
      double half = unlearned(new BadTeacher(plan(0.1, 1, 0), 0.5), request)[0];
      double all = unlearned(new BadTeacher(plan(0.1, 1, 0), 1), request)[0];
      // They are taught what M answers already, and only share the mean: of 2 and of 3.
      assertEquals(1.5, half / all, 1e-12);
    }
  }

  @Test
  void dampeningByHand() {
    // Equal logits, so both classes have 1/2: squared gradients of A .25, .25 (w, b), of B 1, .25.
    try (Network line = line(1, 1, 0.5, 0.5)) {
      // Everything: .625 and .25. Threshold .9: of b alone .25 is above .225.
      assertUnlearned(new SelectiveSynapticDampening(0.9, 0.5, 1), forgetA(line), 1, 1, 0.25, 0.25);
      // Dampening never enlarges.
      assertUnlearned(new SelectiveSynapticDampening(0.9, 3, 1), forgetA(line), 1, 1, 0.5, 0.5);
      // In one batch the gradients are averaged before they are squared: A and B (-.5, 0) / 2.
      assertUnlearned(new SelectiveSynapticDampening(0.9, 1, 2), forgetA(line), 0.25, 0.25, 0, 0);
    }
    try (Network network = known()) {
      assertArrayEquals(
          network.saveState().weights().toDoubleVector(),
          unlearned(
              new SelectiveSynapticDampening(Double.POSITIVE_INFINITY, 0, 8),
              forgetClass(network)));
    }
  }

  @Test
  void fisherNoiseByHand() {
    // What stays: x = 0 and x = 2, each squared gradient of w 0 and 1, of b .25, whatever is drawn.
    Dataset three = Fixtures.tiny(new double[][] {{1}, {0}, {2}}, 1, 0, 0);
    Random random = new Random(7);
    double[] normal = IntStream.range(0, 4).mapToDouble(i -> random.nextGaussian()).toArray();
    try (Network line = line(ZERO)) {
      UnlearningRequest both =
          UnlearningRequest.of(line, Batch.of(three, 0)).withRetained(1, 2).withSeed(7);
      double w = 0.1 / Math.sqrt(0.5 + 1e-8);
      double b = 0.1 / Math.sqrt(0.25 + 1e-8);
      assertUnlearned(
          new FisherForgetting(0.01, 9),
          both,
          w * normal[0],
          w * normal[1],
          b * normal[2],
          b * normal[3]);
      // Of x = 0 alone no weight w matters: the noise is bounded.
      double most = 0.1 * Math.sqrt(1e3);
      assertUnlearned(
          new FisherForgetting(0.01, 9),
          both.withRetained(1),
          most * normal[0],
          most * normal[1],
          b * normal[2],
          b * normal[3]);
      assertUnlearned(new FisherForgetting(0, 9), both, ZERO);
    }
  }

  @Test
  void eachIsFoundByNameAndNeedsWhatStays() {
    try (Network line = line(ZERO)) {
      UnlearningRequest alone = UnlearningRequest.of(line, Batch.of(POINTS, 0));
      for (String name :
          List.of(
              "neg-grad-plus",
              "random-labels",
              "salun",
              "l1-sparse",
              "cf-k",
              "eu-k",
              "scrub",
              "bad-teacher",
              "ssd",
              "fisher")) {
        UnlearningMethod method = UnlearningMethods.named(name);
        assertFalse(method.displayName().isBlank(), name);
        String message =
            assertThrows(IllegalArgumentException.class, () -> method.unlearn(alone)).getMessage();
        assertTrue(message.contains("\"" + name + "\" needs the retain set"), message);
      }
    }
  }

  @Test
  void onANetworkWithBatchNormRunningStatisticsMoveAsInTraining() {
    Dataset data = Fixtures.images();
    Batch forget = Batch.of(data, IntStream.range(0, 8).toArray());
    try (Network network =
        Fixtures.float32().network(Architectures.tanhCnnWithBatchNorm(4, 10), 1)) {
      UnlearningRequest request =
          UnlearningRequest.of(network, forget).withRetained(IntStream.range(8, 24).toArray());
      SgdPlan two = new SgdPlan(Schedule.constant(0.01), 2, 16, 0.9);
      try (Network tuned = new FineTuningUnlearning(two).unlearn(request);
          Network same = new NegGradPlus(two, 0).unlearn(request)) {
        double[] expected = tuned.saveState().runningStatistics().toDoubleVector();
        assertArrayEquals(expected, same.saveState().runningStatistics().toDoubleVector(), 1e-5);
        assertArrayEquals(
            tuned.saveState().weights().toDoubleVector(),
            same.saveState().weights().toDoubleVector(),
            1e-6);
        assertFalse(
            Arrays.equals(expected, network.saveState().runningStatistics().toDoubleVector()));
      }
    }
  }

  @Test
  void aDestroyedNetworkAndAnInterruptAreErrors() {
    try (Network line = line(ZERO)) {
      String message =
          assertThrows(
                  IllegalStateException.class,
                  () -> new NegGradPlus(plan(1e308, 3, 0.9), 0.5).unlearn(forgetA(line)))
              .getMessage();
      assertTrue(message.contains("of 3 steps of unlearning at learning rate 1.0E308"), message);
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class,
          () -> new RandomLabels(plan(0.1, 1, 0)).unlearn(forgetA(line)));
      assertFalse(Thread.interrupted());
    }
  }

  @Test
  void twoDataSetsAreRefusedWhereOneIsNeeded() {
    Dataset other = Fixtures.tiny(new double[][] {{1}, {2}}, 1, 0);
    try (Network line = line(ZERO)) {
      UnlearningRequest request =
          UnlearningRequest.of(line, Batch.of(POINTS, 0)).withRetained(Batch.of(other, 1));
      assertThrows(
          IllegalArgumentException.class, () -> new RandomLabels(plan(0.1, 1, 0)).unlearn(request));
    }
  }
}
