package dev.unrolling.unlearning.baselines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.data.ImageDataset;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.CountedNetwork;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Logits;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethods;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.InputGradients;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class BoundaryShrinkTest {

  private static final Objective PLAIN = Objective.crossEntropy();

  private static SgdPlan plan(double rate, int epochs, int batchSize, double momentum) {
    return new SgdPlan(Schedule.constant(rate), epochs, batchSize, momentum);
  }

  private static double[] unlearned(BoundaryShrink method, UnlearningRequest request) {
    NetworkState before = request.trained().saveState();
    try (Network made = method.unlearn(request)) {
      assertTrue(Fixtures.sameBits(before, request.trained().saveState()), "M stays");
      NetworkState state = made.saveState();
      assertTrue(state.velocity().isEmpty());
      return state.weights().toDoubleVector();
    }
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Test
  void twoStepsByHand() {
    // A at x = 1 is of class 1, and M answers so: (0.9, 1). The loss falls with x, so the step goes
    // down: at 0.8 M answers 0, at 0.95 still 1.
    double[] start = {0, 1, 0.9, 0};
    for (double step : new double[] {0.2, 0.05}) {
      int label = step == 0.2 ? 0 : 1;
      double[] w = start.clone();
      double velocity = 0;
      for (int epoch = 0; epoch < 2; epoch++) {
        double slope = logistic(w[0] + w[2] - w[1] - w[3]) - (label == 0 ? 1 : 0);
        velocity = 0.5 * velocity + slope;
        w[0] -= 0.1 * velocity;
        w[2] -= 0.1 * velocity;
        w[1] += 0.1 * velocity;
        w[3] += 0.1 * velocity;
      }
      try (Network line =
          Fixtures.float64().network(Architectures.linear(1, 2), Nd4j.createFromArray(start))) {
        UnlearningRequest alone = UnlearningRequest.of(line, Batch.of(Fixtures.twoPoints(), 0));
        assertArrayEquals(
            w, unlearned(new BoundaryShrink(plan(0.1, 2, 4, 0.5), step), alone), 1e-14);
      }
    }
  }

  @Test
  void picturesAreMovedAsPixelsWithinTheirRange() {
    Dataset pictures =
        new ImageDataset(
            "one pixel",
            new ImageDataset.Shape(3, 1, 1),
            new byte[] {(byte) 250, 3, (byte) 128, 7, 7, 7},
            new int[] {1, 0},
            List.of("zero", "one"),
            new ImageDataset.Normalisation(List.of(0.5, 0.4, 0.3), List.of(0.2, 0.25, 0.5)));
    // Of class 1 the loss rises where the weights of class 0 are positive; the last has no slope.
    try (Network network =
        Fixtures.float64()
            .network(
                Architectures.linear(3, 2),
                Nd4j.createFromArray(new double[] {1, -2, 0.1, 0, 0, 0, 0, 0}))) {
      double[] moved = new double[3];
      Batch first = Batch.of(pictures, 0);
      InputGradients.signStep(network, first, PLAIN, 0.05).writeExample(0, moved, 0);
      // 128 + 0.05 * 255 = 140.75.
      double[] expected = {(1 - 0.5) / 0.2, -0.4 / 0.25, (141 / 255.0 - 0.3) / 0.5};
      assertArrayEquals(expected, moved, 1e-12);
      Batch swapped = Batch.of(pictures, 1, 0);
      Dataset both = InputGradients.signStep(network, swapped, PLAIN, 0.05);
      assertEquals(0, both.label(0));
      both.writeExample(1, moved, 0);
      assertArrayEquals(expected, moved, 1e-12);
      both.writeExample(0, moved, 0);
      // Of class 0 the other way: 7 - 12.75 < 0, 7 + 12.75 = 19.75.
      assertArrayEquals(
          new double[] {-0.5 / 0.2, (20 / 255.0 - 0.4) / 0.25, -0.3 / 0.5}, moved, 1e-12);
    }
  }

  @Test
  void realExamplesGoToTheClassBehindTheBoundary() {
    Dataset data = Fixtures.features();
    int[] all = IntStream.range(0, data.size()).toArray();
    try (Network network = Fixtures.float64().network(Fixtures.linear(), 1)) {
      for (int i = 0; i < 100; i++) {
        network.step(Batch.of(data, all), PLAIN, new SgdStep(0.5, 0.5));
      }
      Batch forget = Batch.of(data, Arrays.stream(all).filter(i -> data.label(i) == 3).toArray());
      UnlearningRequest request = UnlearningRequest.of(network, forget).withSeed(5);
      BoundaryShrink shrink = new BoundaryShrink(plan(0.02, 60, 4, 0.9), 0.5);
      Dataset moved = InputGradients.signStep(network, forget, PLAIN, 0.5);
      int[] nearest =
          Arrays.stream(
                  Logits.of(network, Batch.of(moved, IntStream.range(0, forget.size()).toArray())))
              .mapToInt(Logits::argMax)
              .toArray();
      assertTrue(Arrays.stream(nearest).allMatch(label -> label != 3), Arrays.toString(nearest));
      assertTrue(Arrays.stream(nearest).distinct().count() > 1, Arrays.toString(nearest));
      try (Network made = shrink.unlearn(request)) {
        int[] answers = Arrays.stream(Logits.of(made, forget)).mapToInt(Logits::argMax).toArray();
        assertArrayEquals(nearest, answers);
      }
      double[] once = unlearned(shrink, request);
      assertArrayEquals(once, unlearned(shrink, request));
      assertFalse(Arrays.equals(once, unlearned(shrink, request.withSeed(6))), "another order");
    }
  }

  @Test
  void isFoundByNameAndRefusesWhatItCannotUse() {
    assertEquals("boundary shrink", UnlearningMethods.named("boundary-shrink").displayName());
    for (double wrong : new double[] {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new BoundaryShrink(plan(0.1, 1, 4, 0), wrong))
              .getMessage();
      assertTrue(message.endsWith("positive, e.g. 0.1, not " + wrong), message);
    }
    Dataset single = FeatureDataset.of("single", new double[] {1}, new int[] {0}, List.of("all"));
    try (CountedNetwork network =
        new CountedNetwork(Fixtures.float64().network(Architectures.linear(1, 1), 1))) {
      UnlearningRequest request = UnlearningRequest.of(network, Batch.of(single, 0));
      String message =
          assertThrows(IllegalArgumentException.class, () -> new BoundaryShrink().unlearn(request))
              .getMessage();
      assertTrue(message.contains("another label needs at least 2"), message);
      assertEquals(1, network.open());
    }
  }
}
