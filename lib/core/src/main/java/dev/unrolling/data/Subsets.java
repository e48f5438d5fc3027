package dev.unrolling.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Choices of examples by seed. The generator is {@link Random}, whose numbers are specified, so a
 * seed chooses the same examples on every machine.
 */
public final class Subsets {

  private Subsets() {}

  /**
   * As many examples of each class as of any other, in an order drawn by the seed.
   *
   * <p>When {@code count} is no multiple of the number of classes, the first {@code count %
   * classes} classes of an order drawn by the seed give one example more. With one seed, each
   * class's choice for a small count is a part of its choice for a larger one.
   *
   * @param dataset to choose from
   * @param count number of examples, {@code 1 .. size}
   * @param seed of the choice
   * @return distinct indices
   * @throws IllegalArgumentException if {@code count} is out of range or a class has too few
   */
  public static int[] stratified(Dataset dataset, int count, long seed) {
    return stratified(dataset, all(dataset), count, seed);
  }

  /**
   * The same among given examples only, for instance those that another subset left.
   *
   * @param dataset to choose from
   * @param among distinct indices of the data set
   * @param count number of examples, {@code 1 .. among.length}
   * @param seed of the choice
   * @return distinct indices
   * @throws IllegalArgumentException if {@code count} is out of range or a class has too few
   */
  public static int[] stratified(Dataset dataset, int[] among, int count, long seed) {
    int[] labels = Arrays.stream(among).map(dataset::label).toArray();
    int[] places = choose(dataset.name(), labels, dataset.classes(), count, seed);
    return Arrays.stream(places).map(place -> among[place]).toArray();
  }

  /**
   * The same for texts.
   *
   * @param texts to choose from
   * @param count number of texts, {@code 1 .. size}
   * @param seed of the choice
   * @return distinct indices
   * @throws IllegalArgumentException if {@code count} is out of range or a class has too few
   */
  public static int[] stratified(TextDataset texts, int count, long seed) {
    return choose(texts.name(), texts.labels(), texts.classes(), count, seed);
  }

  /**
   * The examples that a subset left, in their order.
   *
   * @param dataset the whole
   * @param taken indices of the data set
   */
  public static int[] rest(Dataset dataset, int... taken) {
    boolean[] gone = new boolean[dataset.size()];
    for (int index : taken) {
      gone[index] = true;
    }
    return IntStream.range(0, gone.length).filter(i -> !gone[i]).toArray();
  }

  /**
   * Examples in the order of keys drawn for each from seeds and its own index. Leaving some out
   * leaves the order of the others as it is, which no shuffle by swaps does.
   *
   * @param indices distinct
   * @param seeds of the keys: another list, another order
   * @return the same indices, a copy
   */
  public static int[] byKeys(int[] indices, long... seeds) {
    long start = key(seeds);
    Map<Integer, Long> keys = new HashMap<>();
    for (int index : indices) {
      keys.put(index, mixed(start + index));
    }
    return Arrays.stream(indices)
        .boxed()
        .sorted(Comparator.<Integer>comparingLong(keys::get).thenComparingInt(index -> index))
        .mapToInt(index -> index)
        .toArray();
  }

  /** A key of numbers in their order. */
  static long key(long... numbers) {
    long key = 0;
    for (long number : numbers) {
      key = mixed(key + number);
    }
    return key;
  }

  /**
   * Checks that no index is given twice.
   *
   * @throws IllegalArgumentException naming the first that is
   */
  public static void checkDistinct(int... indices) {
    Set<Integer> seen = new HashSet<>();
    for (int index : indices) {
      if (!seen.add(index)) {
        throw new IllegalArgumentException(
            "index " + index + " is given twice; give each example once");
      }
    }
  }

  /** A well-stirred number: SplitMix64's generator after one step (Steele, Lea and Flood, 2014). */
  private static long mixed(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  private static int[] all(Dataset dataset) {
    return IntStream.range(0, dataset.size()).toArray();
  }

  private static int[] choose(String name, int[] labels, int classes, int count, long seed) {
    if (count < 1 || count > labels.length) {
      throw new IllegalArgumentException(
          "cannot choose " + count + " examples of " + name + "; ask for 1 to " + labels.length);
    }
    Random random = new Random(seed);
    int[] turn = shuffled(IntStream.range(0, classes).toArray(), random);
    long[] seeds = random.longs(classes).toArray();
    int[] chosen = new int[0];
    for (int place = 0; place < classes; place++) {
      int label = turn[place];
      int wanted = count / classes + (place < count % classes ? 1 : 0);
      int[] members = IntStream.range(0, labels.length).filter(i -> labels[i] == label).toArray();
      if (members.length < wanted) {
        throw new IllegalArgumentException(
            name
                + " has "
                + members.length
                + " examples of class "
                + label
                + " to choose from, "
                + wanted
                + " are wanted; ask for fewer than "
                + count);
      }
      int[] drawn = Arrays.copyOf(shuffled(members, new Random(seeds[label])), wanted);
      chosen = IntStream.concat(Arrays.stream(chosen), Arrays.stream(drawn)).toArray();
    }
    return shuffled(chosen, random);
  }

  private static int[] shuffled(int[] values, Random random) {
    int[] order = values.clone();
    shuffle(order, random);
    return order;
  }

  /** Shuffles in place. */
  static void shuffle(int[] order, Random random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
  }
}
