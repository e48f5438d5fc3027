package dev.unrolling.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stratified choices, on the real labels of CIFAR-10. */
class SubsetsTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 10, 2003, 10_000})
  void givesEachClassItsShare(int count) {
    ImageDataset test = RealData.cifar10Test();
    int[] chosen = Subsets.stratified(test, count, 42);
    assertEquals(count, chosen.length);
    assertEquals(count, Arrays.stream(chosen).distinct().count());
    int[] perClass = new int[10];
    for (int index : chosen) {
      perClass[test.label(index)]++;
    }
    Arrays.sort(perClass);
    assertTrue(perClass[9] - perClass[0] <= (count % 10 == 0 ? 0 : 1), Arrays.toString(perClass));
  }

  @Test
  void isTheSameOnEveryMachine() {
    // Written down once: a change of these numbers changes every result.
    assertArrayEquals(
        new int[] {2885, 1876, 7354, 8570, 9678},
        Subsets.stratified(RealData.cifar10Test(), 5, 2022));
  }

  @Test
  void dependsOnTheSeed() {
    ImageDataset test = RealData.cifar10Test();
    assertFalse(Arrays.equals(Subsets.stratified(test, 100, 1), Subsets.stratified(test, 100, 2)));
  }

  @Test
  void growsWithoutChangingWhatWasChosen() {
    ImageDataset test = RealData.cifar10Test();
    assertTrue(
        set(Subsets.stratified(test, 1000, 3)).containsAll(set(Subsets.stratified(test, 200, 3))));
  }

  @Test
  void choosesAmongTheRest() {
    ImageDataset test = RealData.cifar10Test();
    int[] one = Subsets.stratified(test, 5000, 1);
    int[] rest = Subsets.rest(test, one);
    assertEquals(5000, rest.length);
    Set<Integer> other = set(Subsets.stratified(test, rest, 1000, 1));
    assertEquals(1000, other.size());
    other.retainAll(set(one));
    assertEquals(Set.of(), other);
  }

  @Test
  void choosesTexts() {
    TextDataset reviews = RealData.imdbTrain();
    int[] chosen = Subsets.stratified(reviews, 100, 5);
    assertEquals(50, Arrays.stream(chosen).filter(i -> reviews.label(i) == 1).count());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 10_001})
  void refusesACountOutOfRange(int count) {
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class,
            () -> Subsets.stratified(RealData.cifar10Test(), count, 1));
    Messages.assertOneLine(error, Integer.toString(count), "1 to 10000", "CIFAR-10 test");
  }

  @Test
  void refusesWhatAClassCannotGive() {
    double[] values = new double[5];
    FeatureDataset uneven =
        FeatureDataset.of("uneven", values, new int[] {0, 0, 0, 0, 1}, List.of("a", "b"));
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> Subsets.stratified(uneven, 4, 1));
    Messages.assertOneLine(error, "uneven has 1 examples of class 1", "2 are wanted");
  }

  private static Set<Integer> set(int[] values) {
    return IntStream.of(values).boxed().collect(Collectors.toCollection(HashSet::new));
  }

  @Test
  void anOrderByKeysStaysWhenSomeAreLeftOut() {
    int[] all = IntStream.range(0, 100).toArray();
    int[] order = Subsets.byKeys(all, 4, 2);
    assertArrayEquals(all, Arrays.stream(order).sorted().toArray());
    int[] odd = Arrays.stream(all).filter(i -> i % 2 == 1).toArray();
    assertArrayEquals(
        Arrays.stream(order).filter(i -> i % 2 == 1).toArray(), Subsets.byKeys(odd, 4, 2));
    assertFalse(Arrays.equals(order, Subsets.byKeys(all, 4, 3)));
    assertFalse(Arrays.equals(order, Subsets.byKeys(all, 5, 2)));
    // Each example is first about as often as any other: 2,000 orders of 10, chi-squared of 9
    // degrees of freedom below its 99.9% point.
    double[] first = new double[10];
    for (int epoch = 0; epoch < 2000; epoch++) {
      first[Subsets.byKeys(IntStream.range(0, 10).toArray(), 1, epoch)[0]]++;
    }
    double chi = Arrays.stream(first).map(n -> (n - 200) * (n - 200) / 200).sum();
    assertTrue(chi < 27.9, "chi-squared " + chi);
  }
}
