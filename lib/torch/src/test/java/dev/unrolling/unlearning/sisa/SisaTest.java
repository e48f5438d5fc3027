package dev.unrolling.unlearning.sisa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.DivergenceException;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.TrainingInterruptedException;
import dev.unrolling.training.schedule.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SisaTest {

  private static final Sisa.Plan PLAN = new Sisa.Plan(2, 4, 7);
  private static final SgdTrainer TRAINER =
      new SgdTrainer(
              Objective.crossEntropy().withGamma(2).withWeightDecay(0.01),
              Schedule.stepDecay(0.05, 0.5, 1))
          .withMomentum(0.5);
  private static final int[] FORTY = IntStream.range(0, 40).toArray();

  private static Sisa train(
      Engine engine, Architecture architecture, Dataset dataset, SisaPartition partition) {
    Sisa sisa = untrained(engine, architecture, dataset, partition);
    sisa.train();
    return sisa;
  }

  private static Sisa untrained(
      Engine engine, Architecture architecture, Dataset dataset, SisaPartition partition) {
    return new Sisa(
        dataset, partition, PLAN, TRAINER, shard -> engine.network(architecture, 3 + shard));
  }

  private static List<NetworkState> states(Sisa sisa) {
    return IntStream.range(0, sisa.partition().shards())
        .mapToObj(shard -> sisa.constituent(shard).saveState())
        .toList();
  }

  private static boolean same(Sisa sisa, int shard, NetworkState state) {
    return Fixtures.sameBits(sisa.constituent(shard).saveState(), state);
  }

  @Test
  void forgettingGivesTheConstituentsThatTrainingWithoutThePointsGives() {
    // With momentum, weight decay, the penalty and a decaying rate.
    assertForgetsExactly(Fixtures.linear(), Fixtures.features());
  }

  @Test
  @Tag("slow")
  void forgettingIsExactForConvolutionsAndRunningStatistics() {
    assertForgetsExactly(Architectures.resnet8(2, 10), Fixtures.images());
    assertForgetsExactly(Fixtures.tanh(), Fixtures.images());
  }

  private static void assertForgetsExactly(Architecture architecture, Dataset dataset) {
    Engine engine = Fixtures.float32().withThreads(1);
    SisaPartition partition = SisaPartition.of(FORTY, 2, 3, 11);
    int late = partition.upTo(0, 2)[19];
    int[] both = {partition.upTo(0, 1)[9], partition.upTo(1, 0)[2]};
    try (Sisa sisa = train(engine, architecture, dataset, partition)) {
      List<NetworkState> before = states(sisa);
      sisa.forget(late);
      assertTrue(same(sisa, 1, before.get(1)), "the other shard is not touched");
      assertFalse(same(sisa, 0, before.get(0)));
      sisa.forget(both);
      SisaPartition rest = partition.without(late).without(both);
      try (Sisa fresh = train(engine, architecture, dataset, rest)) {
        assertTrue(same(sisa, 0, fresh.constituent(0).saveState()), architecture.name());
        assertTrue(same(sisa, 1, fresh.constituent(1).saveState()), architecture.name());
        assertArrayEquals(fresh.partition().indices(), sisa.partition().indices());
        Batch test = Batch.of(dataset, 50, 51, 52, 53, 54);
        for (Aggregation aggregation : Aggregation.values()) {
          assertArrayEquals(fresh.labels(test, aggregation), sisa.labels(test, aggregation));
        }
      }
      assertFalse(same(sisa, 1, before.get(1)));
    }
  }

  @Test
  void countsByHand() {
    // 24 examples, 2 shards of 12, 3 slices of 4, 2 epochs a slice: each shard takes
    // 2 (4 + 8 + 12) = 48.
    SisaPartition partition = SisaPartition.of(Arrays.copyOf(FORTY, 24), 2, 3, 1);
    int[] shard = partition.upTo(0, 2);
    try (Sisa sisa = train(Fixtures.float64(), Fixtures.linear(), Fixtures.features(), partition)) {
      assertEquals(96, sisa.trainingGradients());
      assertEquals(6, sisa.storedStates());
      // Kept in all: a state before each slice, w_0 but once, and the two constituents.
      assertEquals(7, SisaCost.of(partition, 2, 1).storedVectors());
      // From the last slice: 2 * 11. From the middle: 2 (7 + 10). From the first: 2 (3 + 6 + 9).
      assertEquals(new Sisa.Forgetting(22, List.of(0)), sisa.forget(shard[11]));
      assertEquals(new Sisa.Forgetting(34, List.of(0)), sisa.forget(shard[4]));
      assertEquals(new Sisa.Forgetting(36, List.of(0)), sisa.forget(shard[0]));
      // First slice of one shard, 2 (2 + 5 + 8), and last of the other, 2 * 11, in one request.
      int[] two = {partition.upTo(1, 2)[11], shard[1]};
      assertEquals(new Sisa.Forgetting(52, List.of(0, 1)), sisa.forget(two));
      assertEquals(19, sisa.partition().size());
      assertArrayEquals(
          new long[] {22, 34, 36, 52},
          SisaCost.counted(
              partition,
              2,
              List.of(new int[] {shard[11]}, new int[] {shard[4]}, new int[] {shard[0]}, two)));
    }
  }

  @Test
  void aShardMayBecomeEmpty() {
    SisaPartition partition = SisaPartition.of(new int[] {0, 1, 2, 3}, 2, 2, 1);
    try (Sisa sisa = train(Fixtures.float64(), Fixtures.linear(), Fixtures.features(), partition);
        Network start = Fixtures.float64().network(Fixtures.linear(), 4)) {
      assertEquals(2, sisa.forget(partition.upTo(1, 0)).gradients());
      assertEquals(0, sisa.forget(partition.upTo(1, 1)[1]).gradients());
      assertTrue(same(sisa, 1, start.saveState()));
      // The one model left answers alone.
      Batch test = Batch.of(Fixtures.features(), IntStream.range(9, 60).toArray());
      double[][] logits = sisa.constituent(0).logits(test, Mode.EVALUATION).toDoubleMatrix();
      double[][] empty = sisa.constituent(1).logits(test, Mode.EVALUATION).toDoubleMatrix();
      for (Aggregation aggregation : Aggregation.values()) {
        int[] alone = aggregation.labels(List.<double[][]>of(logits));
        assertArrayEquals(alone, sisa.labels(test, aggregation));
        assertFalse(Arrays.equals(alone, aggregation.labels(List.of(logits, empty))));
      }
      assertThrows(
          IllegalArgumentException.class, () -> sisa.forget(partition.upTo(0, 1)), "the last ones");
    }
  }

  @Test
  void aRequestThatFailsForgetsNothing() {
    SisaPartition partition = SisaPartition.of(FORTY, 2, 2, 5);
    try (Sisa sisa = train(Fixtures.float64(), Fixtures.linear(), Fixtures.features(), partition)) {
      List<NetworkState> before = states(sisa);
      Thread.currentThread().interrupt();
      assertThrows(
          TrainingInterruptedException.class,
          () -> sisa.forget(partition.upTo(0, 0)[0], partition.upTo(1, 0)[0]));
      assertEquals(40, sisa.partition().size());
      assertTrue(same(sisa, 0, before.get(0)) && same(sisa, 1, before.get(1)));
      // And what was not forgotten can be forgotten still.
      assertEquals(2 * (9 + 19), sisa.forget(partition.upTo(0, 0)[0]).gradients());
    }
  }

  @Test
  void badInputIsNamed() {
    SisaPartition partition = SisaPartition.of(FORTY, 2, 2, 5);
    try (Sisa sisa = train(Fixtures.float64(), Fixtures.linear(), Fixtures.features(), partition)) {
      int one = partition.upTo(0, 0)[0];
      assertNamed("index 99 is in no shard", () -> sisa.forget(99));
      assertNamed("index " + one + " is given twice", () -> sisa.forget(one, one));
      assertNamed("forgets 1 to 39 examples, not 0", sisa::forget);
      sisa.forget(one);
      assertNamed("index " + one + " is in no shard", () -> sisa.forget(one));
      assertEquals(39, sisa.partition().size());
    }
    assertNamed("cannot cut 40 examples into 0 shards", () -> SisaPartition.of(FORTY, 0, 2, 1));
    assertNamed("of 0 slices", () -> SisaPartition.of(FORTY, 2, 0, 1));
    assertNamed("cannot cut 40", () -> SisaPartition.of(FORTY, 9, 5, 1));
    assertNamed("index 3 is given twice", () -> SisaPartition.of(new int[] {3, 3}, 1, 1, 1));
    assertNamed("not 0 and 4", () -> new Sisa.Plan(0, 4, 1));
    assertNamed("not 2 and 0", () -> new Sisa.Plan(2, 0, 1));
    assertNamed(
        "from step 0, not from step 3",
        () ->
            new Sisa(
                Fixtures.features(),
                partition,
                PLAN,
                TRAINER.withFirstStep(3),
                shard -> Fixtures.float64().network(Fixtures.linear(), 0)));
    SgdTrainer wild = new SgdTrainer(Objective.squaredError(), Schedule.constant(1e30));
    try (Sisa sisa =
        new Sisa(
            Fixtures.features(),
            partition,
            PLAN,
            wild,
            shard -> Fixtures.float64().network(Fixtures.linear(), 0))) {
      assertThrows(DivergenceException.class, sisa::train);
      assertEquals(0, sisa.shardsTrained());
    }
  }

  @Test
  void goesOnFromBetweenAnyTwoShardsOrRequestsToTheSameBits() {
    assertGoesOn(Fixtures.linear(), Fixtures.features());
  }

  @Test
  @Tag("slow")
  void goesOnWithRunningStatisticsToo() {
    assertGoesOn(Architectures.resnet8(2, 10), Fixtures.images());
  }

  /** With momentum, and a shard that is hit in an early and a late slice. */
  private static void assertGoesOn(Architecture architecture, Dataset dataset) {
    Engine engine = Fixtures.float32().withThreads(1);
    SisaPartition partition = SisaPartition.of(FORTY, 2, 3, 11);
    List<int[]> requests =
        List.of(
            new int[] {partition.upTo(0, 2)[19], partition.upTo(1, 1)[9]},
            new int[] {partition.upTo(0, 0)[2]},
            new int[] {partition.upTo(0, 2)[15]});
    List<SisaState> stops = new ArrayList<>();
    List<Sisa.Forgetting> served = new ArrayList<>();
    try (Sisa unbroken = untrained(engine, architecture, dataset, partition)) {
      stops.add(unbroken.state());
      while (!unbroken.isTrained()) {
        unbroken.trainNextShard();
        stops.add(unbroken.state());
      }
      for (int[] request : requests) {
        served.add(unbroken.forget(request));
        stops.add(unbroken.state());
      }
      for (int stop = 0; stop < stops.size(); stop++) {
        try (Sisa resumed = untrained(engine, architecture, dataset, partition)) {
          resumed.resume(stops.get(stop));
          assertEquals(Math.min(stop, 2), resumed.shardsTrained());
          resumed.train();
          for (int request = Math.max(0, stop - 2); request < requests.size(); request++) {
            assertEquals(served.get(request), resumed.forget(requests.get(request)));
          }
          for (int shard = 0; shard < 2; shard++) {
            String where = "shard " + shard + " after stop " + stop;
            assertTrue(same(resumed, shard, unbroken.constituent(shard).saveState()), where);
          }
          assertArrayEquals(unbroken.partition().indices(), resumed.partition().indices());
          assertEquals(unbroken.trainingGradients(), resumed.trainingGradients());
          assertEquals(6, resumed.storedStates());
          assertEquals(stops.get(5).forgotten(), resumed.state().forgotten());
        }
      }
    }
  }

  @Test
  void anInterruptedShardIsAsIfItHadNotBegun() {
    SisaPartition partition = SisaPartition.of(FORTY, 2, 2, 5);
    try (Sisa whole = train(Fixtures.float64(), Fixtures.linear(), Fixtures.features(), partition);
        Sisa sisa =
            untrained(Fixtures.float64(), Fixtures.linear(), Fixtures.features(), partition)) {
      sisa.trainNextShard();
      Thread.currentThread().interrupt();
      assertThrows(TrainingInterruptedException.class, sisa::trainNextShard);
      assertEquals(1, sisa.shardsTrained());
      assertThrows(IllegalStateException.class, () -> sisa.forget(partition.upTo(0, 0)[0]));
      Batch test = Batch.of(Fixtures.features(), 50);
      assertThrows(IllegalStateException.class, () -> sisa.labels(test, Aggregation.MAJORITY_VOTE));
      SisaState state = sisa.state();
      assertThrows(IllegalStateException.class, () -> sisa.resume(state));
      sisa.train();
      assertTrue(same(sisa, 1, whole.constituent(1).saveState()));
      assertEquals(whole.trainingGradients(), sisa.trainingGradients());
      assertThrows(IllegalStateException.class, sisa::trainNextShard);
      SisaPartition other = SisaPartition.of(FORTY, 2, 3, 5);
      try (Sisa another =
          untrained(Fixtures.float64(), Fixtures.linear(), Fixtures.features(), other)) {
        assertNamed("2 shards of 3 slices", () -> another.resume(state));
      }
    }
  }

  private static void assertNamed(String part, Executable wrong) {
    String message = assertThrows(IllegalArgumentException.class, wrong).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void partitionsAreEvenAndKeepTheirPlaces() {
    SisaPartition partition = SisaPartition.of(FORTY, 3, 4, 2);
    assertArrayEquals(FORTY, Arrays.stream(partition.indices()).sorted().toArray());
    for (int shard = 0; shard < 3; shard++) {
      int size = partition.upTo(shard, 3).length;
      assertTrue(size == 13 || size == 14);
      for (int slice = 0; slice < 4; slice++) {
        int upTo = partition.upTo(shard, slice).length;
        assertEquals(size * (slice + 1) / 4.0, upTo, 1);
      }
    }
    SisaPartition rest = partition.without(5, 6);
    for (int index : rest.indices()) {
      assertEquals(partition.place(index), rest.place(index));
    }
  }

  @Test
  void answersAreAggregatedByHand() {
    // Three models, four examples, three classes. Logits are logarithms of probabilities.
    double[][] a = log(new double[][] {{.6, .3, .1}, {.5, .4, .1}, {.5, .4, .1}, {.2, .4, .4}});
    double[][] b = log(new double[][] {{.6, .3, .1}, {.4, .5, .1}, {.1, .8, .1}, {.2, .4, .4}});
    double[][] c = log(new double[][] {{.0, .9, .1}, {.3, .3, .4}, {.1, .3, .6}, {.2, .4, .4}});
    // Votes 2:1:0, then 1:1:1 with sums 1.2, 1.2, .6 (lowest label), 1:1:1 with .7, 1.5, .8, and a
    // tie within each model.
    assertArrayEquals(new int[] {0, 0, 1, 1}, Aggregation.MAJORITY_VOTE.labels(List.of(a, b, c)));
    // Sums 1.2, 1.5, .3: the mean is moved by how sure one is, the vote is not.
    assertArrayEquals(new int[] {1, 0, 1, 1}, Aggregation.MEAN_OF_OUTPUTS.labels(List.of(a, b, c)));
    assertThrows(IllegalArgumentException.class, () -> Aggregation.MAJORITY_VOTE.labels(List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> Aggregation.MAJORITY_VOTE.labels(List.of(a, new double[][] {{1, 2}})));
    double[][] diverged = {a[0], {0, Double.NaN, 0}, a[2], a[3]};
    for (Aggregation aggregation : Aggregation.values()) {
      String message =
          assertThrows(ArithmeticException.class, () -> aggregation.labels(List.of(a, diverged)))
              .getMessage();
      assertTrue(message.contains("model 1") && message.contains("example 1"), message);
    }
  }

  @Test
  void logitsWhosePowersAreInfiniteAreAggregatedToo() {
    // Soft-max (0, .269, .731) and (0, .881, .119).
    double[][] one = {{0, 1000, 1001}};
    double[][] other = {{0, 1002, 1000}};
    assertArrayEquals(new int[] {1}, Aggregation.MEAN_OF_OUTPUTS.labels(List.of(one, other)));
    assertArrayEquals(new int[] {1}, Aggregation.MAJORITY_VOTE.labels(List.of(one, other)));
  }

  @Test
  void answersAsManyAsAreAskedAndCountsTheRightOnes() {
    // More than are taken at once.
    Batch many = Batch.of(Fixtures.images(), IntStream.range(0, 510).toArray());
    SisaPartition partition = SisaPartition.of(FORTY, 2, 1, 5);
    try (Sisa sisa =
        train(Fixtures.float32(), Architectures.linear(3072, 10), Fixtures.images(), partition)) {
      for (Aggregation aggregation : Aggregation.values()) {
        int[] labels = sisa.labels(many, aggregation);
        int right = 0;
        for (int i = 0; i < 510; i++) {
          Batch one = Batch.of(Fixtures.images(), i);
          assertArrayEquals(sisa.labels(one, aggregation), new int[] {labels[i]});
          right += labels[i] == Fixtures.images().label(i) ? 1 : 0;
        }
        assertTrue(right > 51, "no better than chance");
        assertEquals(right / 510.0, sisa.accuracy(many, aggregation), 1e-15);
      }
    }
  }

  private static double[][] log(double[][] probabilities) {
    return Arrays.stream(probabilities)
        .map(row -> Arrays.stream(row).map(p -> Math.log(p) + 5).toArray())
        .toArray(double[][]::new);
  }
}
