package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds of any choice of examples and of what it leaves. */
class SubsetsPropertyTest {

  private static Dataset dataset(int perClass, int classes) {
    int[] labels = IntStream.range(0, perClass * classes).map(i -> i % classes).toArray();
    return FeatureDataset.of(
        "numbers",
        new double[labels.length],
        labels,
        List.of("a", "b", "c", "d").subList(0, classes));
  }

  @Property(seed = "1")
  void aChoiceAndItsRestAreDisjointAndCover(
      @ForAll @IntRange(min = 1, max = 20) int perClass,
      @ForAll @IntRange(min = 2, max = 4) int classes,
      @ForAll @IntRange(min = 1, max = 80) int drawn,
      @ForAll long seed) {
    Dataset dataset = dataset(perClass, classes);
    int count = 1 + drawn % dataset.size();
    int[] chosen = Subsets.stratified(dataset, count, seed);
    int[] rest = Subsets.rest(dataset, chosen);
    assertEquals(count, chosen.length);
    assertArrayEquals(
        IntStream.range(0, dataset.size()).toArray(),
        IntStream.concat(Arrays.stream(chosen), Arrays.stream(rest)).sorted().toArray());
    int[] ofClass = new int[classes];
    Arrays.stream(chosen).forEach(i -> ofClass[dataset.label(i)]++);
    Arrays.sort(ofClass);
    assertTrue(ofClass[classes - 1] - ofClass[0] <= 1, Arrays.toString(ofClass));
  }

  @Property(seed = "2")
  void leavingSomeOutLeavesTheOrderOfTheOthers(
      @ForAll @IntRange(min = 1, max = 60) int size, @ForAll int pattern, @ForAll long seed) {
    int[] all = IntStream.range(0, size).toArray();
    int[] some = Arrays.stream(all).filter(i -> (pattern >> (i % 31) & 1) == 0).toArray();
    int[] expected =
        Arrays.stream(Subsets.byKeys(all, seed))
            .filter(i -> Arrays.binarySearch(some, i) >= 0)
            .toArray();
    assertArrayEquals(expected, Subsets.byKeys(some, seed));
  }
}
