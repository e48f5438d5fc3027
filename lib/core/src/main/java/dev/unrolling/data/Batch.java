package dev.unrolling.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A data set and the indices taken from it; the loss of a batch is the sum of its examples' losses
 * divided by {@link #averagedOver()}, which is the number of examples unless said otherwise.
 *
 * <p>An empty batch is allowed when {@link #averagedOver()} is positive: its data loss and gradient
 * are zero, so a step on it moves the weights by momentum and weight decay alone.
 */
public final class Batch {

  /** Indices that a message lists. */
  private static final int SHOWN = 8;

  private final Dataset dataset;
  private final int[] indices;
  private final int averagedOver;

  private Batch(Dataset dataset, int[] indices, int averagedOver) {
    if (averagedOver < 1) {
      throw new IllegalArgumentException(
          "a batch must be averaged over at least 1 example, not " + averagedOver);
    }
    this.dataset = dataset;
    this.indices = indices;
    this.averagedOver = averagedOver;
  }

  /**
   * A batch averaged over its own examples.
   *
   * @param dataset where the examples live
   * @param indices at least one index of {@code dataset}; copied
   * @throws IllegalArgumentException if there is no index
   * @throws IndexOutOfBoundsException if an index is outside the data set
   */
  public static Batch of(Dataset dataset, int... indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("a batch needs at least one index");
    }
    for (int index : indices) {
      if (index < 0 || index >= dataset.size()) {
        throw new IndexOutOfBoundsException(
            "index "
                + index
                + " is outside "
                + dataset.name()
                + " (0 to "
                + (dataset.size() - 1)
                + ")");
      }
    }
    return new Batch(dataset, indices.clone(), indices.length);
  }

  /** All examples of a data set, in order. */
  public static Batch all(Dataset dataset) {
    return of(dataset, IntStream.range(0, dataset.size()).toArray());
  }

  /**
   * Batches of one size, in order; the last holds what is left.
   *
   * @param dataset where the examples live
   * @param indices of {@code dataset}, of which none gives no batch
   * @param size of a batch, at least 1
   * @throws IndexOutOfBoundsException if an index is outside the data set
   */
  public static List<Batch> parts(Dataset dataset, int[] indices, int size) {
    List<Batch> parts = new ArrayList<>();
    for (int from = 0; from < indices.length; from += size) {
      int to = Math.min(indices.length, from + size);
      parts.add(of(dataset, Arrays.copyOfRange(indices, from, to)));
    }
    return List.copyOf(parts);
  }

  /** Where the examples live. */
  public Dataset dataset() {
    return dataset;
  }

  /** The indices, in order. A copy. */
  public int[] indices() {
    return indices.clone();
  }

  /** The labels of the examples, in order. */
  public int[] labels() {
    return Arrays.stream(indices).map(dataset::label).toArray();
  }

  /**
   * Checks that indices of this batch and of another can be told apart: that they are of one data
   * set, or of two that differ in more than having been loaded twice.
   *
   * @throws IllegalArgumentException if they are of two data sets of one name
   */
  public void checkComparable(Batch other) {
    if (dataset != other.dataset && dataset.name().equals(other.dataset.name())) {
      throw new IllegalArgumentException(
          "two batches are of two data sets of the one name "
              + dataset.name()
              + ", so nobody can tell whether they share examples; load it once, and take both from"
              + " that");
    }
  }

  /** What it holds, for messages: {@code "0 to 7"}, or some of the indices and their number. */
  public String indexRange() {
    int[] sorted = Arrays.stream(indices).sorted().toArray();
    int last = sorted.length - 1;
    boolean gapless = last >= 0 && sorted[last] - sorted[0] == last;
    return gapless
        ? sorted[0] + " to " + sorted[last]
        : Arrays.toString(Arrays.copyOf(sorted, Math.min(sorted.length, SHOWN)))
            + (sorted.length > SHOWN ? " and " + (sorted.length - SHOWN) + " more" : "");
  }

  /** Number of examples. */
  public int size() {
    return indices.length;
  }

  /** What the sum of the examples' losses is divided by. */
  public int averagedOver() {
    return averagedOver;
  }

  /** The same examples with another divisor of the summed loss (at least 1). */
  public Batch averagedOver(int divisor) {
    return new Batch(dataset, indices, divisor);
  }

  /** The same indices of another data set of as many examples. */
  Batch in(Dataset other) {
    return new Batch(other, indices, averagedOver);
  }

  /**
   * This batch without one of its examples, averaged over those that remain (over 1 if none does).
   *
   * @throws IllegalArgumentException if the batch does not hold {@code index}
   */
  public Batch without(int index) {
    int[] rest = Arrays.stream(indices).filter(i -> i != index).toArray();
    if (rest.length == indices.length) {
      throw new IllegalArgumentException(
          "the batch holds the indices " + indexRange() + ", not index " + index);
    }
    return new Batch(dataset, rest, Math.max(1, rest.length));
  }

  /**
   * The first so many examples, with the divisor in proportion: their mean, where this batch is
   * averaged over its own examples. This batch if it has no more.
   *
   * @param examples at least 1 and at most as many as there are
   */
  public Batch first(int examples) {
    if (examples < 1 || examples > indices.length) {
      throw new IllegalArgumentException(
          "a part of " + indices.length + " examples has 1 to all of them, not " + examples);
    }
    long divisor = Math.max(1, Math.round((double) averagedOver * examples / indices.length));
    return examples == indices.length
        ? this
        : new Batch(dataset, Arrays.copyOf(indices, examples), Math.toIntExact(divisor));
  }

  /** This batch with no example left and the same divisor: a step with zero data gradient. */
  public Batch emptied() {
    return new Batch(dataset, new int[0], averagedOver);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Batch that
        && dataset == that.dataset
        && averagedOver == that.averagedOver
        && Arrays.equals(indices, that.indices);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(indices) + averagedOver;
  }

  @Override
  public String toString() {
    return size() + " examples of " + dataset.name();
  }
}
