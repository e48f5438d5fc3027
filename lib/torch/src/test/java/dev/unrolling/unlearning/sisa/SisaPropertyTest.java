package dev.unrolling.unlearning.sisa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.unlearning.recording.CheckpointSpacing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds of any deal of examples into shards and slices, and of any spacing of checkpoints. */
class SisaPropertyTest {

  private static SisaPartition partition(int shards, int slices, int more, long seed) {
    int[] indices = IntStream.range(5, 5 + shards * slices + more).toArray();
    return SisaPartition.of(indices, shards, slices, seed);
  }

  @Property(seed = "1")
  void aPartitionCoversEachExampleOnceAndEvenly(
      @ForAll @IntRange(min = 1, max = 5) int shards,
      @ForAll @IntRange(min = 1, max = 4) int slices,
      @ForAll @IntRange(min = 0, max = 30) int more,
      @ForAll long seed) {
    SisaPartition partition = partition(shards, slices, more, seed);
    int[] all = IntStream.range(5, 5 + shards * slices + more).toArray();
    assertArrayEquals(all, Arrays.stream(partition.indices()).sorted().toArray());
    assertArrayEquals(partition.indices(), partition(shards, slices, more, seed).indices());
    int[] ofShards =
        IntStream.range(0, shards).map(s -> partition.upTo(s, slices - 1).length).toArray();
    assertEven(ofShards);
    for (int shard = 0; shard < shards; shard++) {
      int of = shard;
      assertEven(
          IntStream.range(0, slices)
              .map(
                  slice ->
                      partition.upTo(of, slice).length
                          - (slice == 0 ? 0 : partition.upTo(of, slice - 1).length))
              .toArray());
    }
  }

  private static void assertEven(int[] sizes) {
    int least = Arrays.stream(sizes).min().orElseThrow();
    int most = Arrays.stream(sizes).max().orElseThrow();
    assertTrue(least >= 1 && most - least <= 1, Arrays.toString(sizes));
  }

  @Property(seed = "2")
  void forgettingMovesNobodyElse(
      @ForAll @IntRange(min = 1, max = 5) int shards,
      @ForAll @IntRange(min = 1, max = 4) int slices,
      @ForAll @IntRange(min = 1, max = 30) int more,
      @ForAll long seed) {
    SisaPartition partition = partition(shards, slices, more, seed);
    int[] drawn = shuffled(partition.indices(), seed);
    int[] gone = Arrays.copyOf(drawn, 1 + new Random(seed).nextInt(drawn.length - 1));
    SisaPartition rest = partition.without(gone);
    assertEquals(drawn.length - gone.length, rest.size());
    for (int i = gone.length; i < drawn.length; i++) {
      assertEquals(partition.place(drawn[i]), rest.place(drawn[i]));
    }
  }

  @Property(seed = "3")
  void theExpectedCostOfARequestIsTheMeanOverAllOfThem(
      @ForAll @IntRange(min = 1, max = 5) int shards,
      @ForAll @IntRange(min = 1, max = 4) int slices,
      @ForAll @IntRange(min = 1, max = 30) int more,
      @ForAll @IntRange(min = 1, max = 4) int epochs,
      @ForAll long seed) {
    SisaPartition partition = partition(shards, slices, more, seed);
    double mean =
        Arrays.stream(partition.indices())
            .mapToLong(i -> SisaCost.counted(partition, epochs, List.of(new int[] {i}))[0])
            .average()
            .orElseThrow();
    SisaCost cost = SisaCost.of(partition, epochs, 1);
    assertEquals(mean, cost.ofRequest(1), 1e-9 * (1 + mean));
    assertTrue(cost.ofRequest(1) < cost.ofTraining());
    // A second request is served like a first one of those that are left.
    int[] two = Arrays.copyOf(shuffled(partition.indices(), seed), 2);
    long[] both =
        SisaCost.counted(partition, epochs, List.of(new int[] {two[0]}, new int[] {two[1]}));
    assertEquals(
        SisaCost.counted(partition.without(two[0]), epochs, List.of(new int[] {two[1]}))[0],
        both[1]);
  }

  private static int[] shuffled(int[] values, long seed) {
    List<Integer> list = new ArrayList<>(Arrays.stream(values).boxed().toList());
    Collections.shuffle(list, new Random(seed));
    return list.stream().mapToInt(i -> i).toArray();
  }

  @Property(seed = "4", tries = 200)
  void theLastCheckpointBeforeAStepIsTheNearest(
      @ForAll @IntRange(min = 1, max = 50) int spacing,
      @ForAll @IntRange(min = 0, max = 1000) int step) {
    CheckpointSpacing checkpoints = new CheckpointSpacing(spacing);
    int last = checkpoints.lastBefore(step);
    assertTrue(last >= 0 && last <= step && step - last < spacing);
    assertTrue(checkpoints.isAt(last));
    assertEquals(checkpoints.isAt(step), last == step);
    assertEquals(0, CheckpointSpacing.onlyAtStart().lastBefore(step));
    assertEquals(step, CheckpointSpacing.everyStep().lastBefore(step));
  }
}
