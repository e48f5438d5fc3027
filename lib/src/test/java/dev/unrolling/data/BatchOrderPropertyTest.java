package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds of any order: each example once an epoch, the forget batch in its place. */
class BatchOrderPropertyTest {

  private static final Dataset DATASET =
      FeatureDataset.of("numbers", new double[64], new int[64], List.of("zero", "one"));

  /** Ways to make an order. */
  enum Kind {
    FIXED,
    SHUFFLED,
    BY_KEYS;

    BatchOrder order(int[] indices, int batchSize, int epochs, long seed) {
      return switch (this) {
        case FIXED -> BatchOrder.fixed(DATASET, indices, batchSize, epochs);
        case SHUFFLED -> BatchOrder.shuffled(DATASET, indices, batchSize, epochs, seed);
        case BY_KEYS -> BatchOrder.byKeys(DATASET, indices, batchSize, epochs, seed);
      };
    }
  }

  @Property(seed = "1")
  void visitsEachExampleOnceAnEpochAndTheForgetBatchInItsPlace(
      @ForAll Kind kind,
      @ForAll BatchOrder.Position position,
      @ForAll @IntRange(min = 1, max = 40) int examples,
      @ForAll @IntRange(min = 1, max = 45) int batchSize,
      @ForAll @IntRange(min = 1, max = 4) int epochs,
      @ForAll @IntRange(min = 1, max = 20) int forgotten,
      @ForAll long seed) {
    int[] others = IntStream.range(20, 20 + examples).toArray();
    Batch forget = Batch.of(DATASET, IntStream.range(0, forgotten).toArray());
    BatchOrder order =
        kind.order(others, batchSize, epochs, seed).withForgetBatch(forget, position);
    int batches = (examples + batchSize - 1) / batchSize;
    int place =
        switch (position) {
          case FIRST -> 0;
          case MIDDLE -> batches / 2;
          case LAST -> batches;
        };
    assertEquals(epochs * (batches + 1), order.steps());
    assertEquals(epochs, order.forgetVisits().length);
    for (int epoch = 0; epoch < epochs; epoch++) {
      int first = epoch * (batches + 1);
      assertEquals(forget, order.batch(first + place));
      assertEquals(first + place, order.forgetVisits()[epoch]);
      int[] seen =
          IntStream.range(first, first + batches + 1)
              .filter(step -> !order.isForgetVisit(step))
              .mapToObj(order::batch)
              .flatMapToInt(batch -> Arrays.stream(batch.indices()))
              .sorted()
              .toArray();
      assertArrayEquals(others, seen);
    }
  }

  @Property(seed = "2")
  void isTheSameForTheSameSeed(
      @ForAll Kind kind,
      @ForAll @IntRange(min = 1, max = 40) int examples,
      @ForAll @IntRange(min = 1, max = 45) int batchSize,
      @ForAll long seed) {
    int[] indices = IntStream.range(0, examples).toArray();
    BatchOrder one = kind.order(indices, batchSize, 3, seed);
    BatchOrder again = kind.order(indices, batchSize, 3, seed);
    for (int step = 0; step < one.steps(); step++) {
      assertEquals(one.batch(step), again.batch(step));
    }
  }
}
