package dev.unrolling.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The batches x_0 .. x_{t-1} of a training run, epoch by epoch, and which of them are the batch to
 * be forgotten (x*, seen once an epoch, in m epochs). Immutable.
 */
public final class BatchOrder {

  /** Where in each epoch the forget batch is visited. */
  public enum Position {
    /** Before all other batches: the authors' choice. */
    FIRST,
    /** After half of the other batches. */
    MIDDLE,
    /** After all other batches. */
    LAST
  }

  private final List<List<Batch>> epochs;
  private final Batch forgetBatch;
  private final int forgetPosition;

  private BatchOrder(List<List<Batch>> epochs, Batch forgetBatch, int forgetPosition) {
    this.epochs = epochs;
    this.forgetBatch = forgetBatch;
    this.forgetPosition = forgetPosition;
  }

  /** An order of nothing to forget, epoch by epoch. */
  private static BatchOrder each(int epochs, IntFunction<List<Batch>> batches) {
    return new BatchOrder(IntStream.range(0, epochs).mapToObj(batches).toList(), null, -1);
  }

  /**
   * The examples in the order given, the same in each epoch. A last batch of fewer than {@code
   * batchSize} examples is kept.
   *
   * @param dataset where the examples live
   * @param indices the examples to visit, distinct
   * @param batchSize at least 1
   * @param epochs at least 1
   */
  public static BatchOrder fixed(Dataset dataset, int[] indices, int batchSize, int epochs) {
    check(indices, batchSize, epochs);
    List<Batch> one = Batch.parts(dataset, indices, batchSize);
    return each(epochs, epoch -> one);
  }

  /**
   * The examples of {@link #fixed} reshuffled before each epoch by one generator seeded once: the
   * same seed gives the same order on every machine.
   *
   * @param seed of the shuffle
   */
  public static BatchOrder shuffled(
      Dataset dataset, int[] indices, int batchSize, int epochs, long seed) {
    check(indices, batchSize, epochs);
    Random random = new Random(seed);
    int[] order = indices.clone();
    return each(
        epochs,
        epoch -> {
          Subsets.shuffle(order, random);
          return Batch.parts(dataset, order, batchSize);
        });
  }

  /**
   * The examples of {@link #fixed} in each epoch in the order of keys drawn for each from the seed,
   * the epoch and its own index: an order of fewer examples is this one with the others left out,
   * cut into batches anew.
   *
   * @param indices the examples to visit, distinct; their order does not matter
   * @param seed of the keys
   */
  public static BatchOrder byKeys(
      Dataset dataset, int[] indices, int batchSize, int epochs, long seed) {
    check(indices, batchSize, epochs);
    return each(
        epochs, epoch -> Batch.parts(dataset, Subsets.byKeys(indices, seed, epoch), batchSize));
  }

  /**
   * This order with a batch to be forgotten added to each epoch.
   *
   * @param forget the batch x*, of distinct examples of the same data set. Whoever forgets all of
   *     it must have them in no other batch ({@link #alsoElsewhere})
   * @param position where in the epoch
   * @throws IllegalStateException if there is a forget batch already
   * @throws IllegalArgumentException if an example of x* is given twice, or x* comes from a second
   *     copy of the others' data set, whose indices cannot be told from theirs
   */
  public BatchOrder withForgetBatch(Batch forget, Position position) {
    return withForgetBatch(
        forget,
        switch (position) {
          case FIRST -> 0;
          case MIDDLE -> batchesPerEpoch() / 2;
          case LAST -> batchesPerEpoch();
        });
  }

  /**
   * As {@link #withForgetBatch(Batch, Position)}, at any place.
   *
   * @param forget the batch x*
   * @param before how many of an epoch's other batches come before it: 0 to all of them
   * @throws IllegalStateException if there is a forget batch already
   * @throws IllegalArgumentException as above, or if an epoch has fewer batches
   */
  public BatchOrder withForgetBatch(Batch forget, int before) {
    if (forgetBatch != null) {
      throw new IllegalStateException("the order has a forget batch already");
    }
    if (before < 0 || before > batchesPerEpoch()) {
      throw new IllegalArgumentException(
          "the batch to be forgotten comes after 0 to %s other batches of an epoch, not after %s"
              .formatted(batchesPerEpoch(), before));
    }
    Subsets.checkDistinct(forget.indices());
    forget.checkComparable(batch(0));
    List<List<Batch>> all = new ArrayList<>();
    for (List<Batch> epoch : epochs) {
      List<Batch> with = new ArrayList<>(epoch);
      with.add(before, forget);
      all.add(List.copyOf(with));
    }
    return new BatchOrder(List.copyOf(all), forget, before);
  }

  /**
   * This order with the pictures of each epoch moved and mirrored anew ({@link AugmentedImages}):
   * for training alone, since what is measured is of the pictures as they are.
   *
   * @param padding most pixels by which a picture is moved, at least 0
   * @param seed of the draws
   * @throws IllegalStateException if there is a forget batch, for the same reason
   * @throws IllegalArgumentException if the examples are no pictures
   */
  public BatchOrder augmented(int padding, long seed) {
    if (forgetBatch != null) {
      throw new IllegalStateException(
          "an order with a forget batch is measured, and measures are of pictures as they are;"
              + " augment the order of pre-training");
    }
    if (!(batch(0).dataset() instanceof ImageDataset images)) {
      throw new IllegalArgumentException(
          batch(0).dataset().name() + " has no pictures (ImageDataset), which alone are augmented");
    }
    return each(
        epochs(),
        epoch -> {
          Dataset augmented = new AugmentedImages(images, padding, seed, epoch);
          return epochs.get(epoch).stream().map(batch -> batch.in(augmented)).toList();
        });
  }

  /** Number of epochs. */
  public int epochs() {
    return epochs.size();
  }

  /** Number of batches in an epoch, the forget batch included. */
  public int batchesPerEpoch() {
    return epochs.get(0).size();
  }

  /** Number of steps t in all. */
  public int steps() {
    return epochs() * batchesPerEpoch();
  }

  /** The batch of a step, {@code 0 .. steps() - 1}. */
  public Batch batch(int step) {
    return epochs.get(epoch(step)).get(step % batchesPerEpoch());
  }

  /** The epoch of a step, from 0. */
  public int epoch(int step) {
    if (step < 0 || step >= steps()) {
      throw new IndexOutOfBoundsException(
          "step " + step + " is outside the run (0 to " + (steps() - 1) + ")");
    }
    return step / batchesPerEpoch();
  }

  /** Whether a step visits the forget batch. */
  public boolean isForgetVisit(int step) {
    epoch(step);
    return forgetBatch != null && step % batchesPerEpoch() == forgetPosition;
  }

  /** The steps that visit the forget batch, in order; empty if nothing is to be forgotten. */
  public int[] forgetVisits() {
    return IntStream.range(0, steps()).filter(this::isForgetVisit).toArray();
  }

  /**
   * The batch x* to be forgotten.
   *
   * @throws IllegalStateException if there is none
   */
  public Batch forgetBatch() {
    if (forgetBatch == null) {
      throw new IllegalStateException("the order has no forget batch; add one by withForgetBatch");
    }
    return forgetBatch;
  }

  /**
   * Which of some examples are visited in each epoch outside of the forget batch.
   *
   * @param examples of the same data set, e.g. the forget batch
   * @return their indices; empty if there is none
   */
  public int[] alsoElsewhere(Batch examples) {
    // Each epoch visits the same examples, so one tells for all.
    BitSet others = new BitSet();
    IntStream.range(0, batchesPerEpoch())
        .filter(step -> !isForgetVisit(step))
        .mapToObj(this::batch)
        .filter(batch -> batch.dataset() == examples.dataset())
        .flatMapToInt(batch -> Arrays.stream(batch.indices()))
        .forEach(others::set);
    return Arrays.stream(examples.indices()).filter(others::get).toArray();
  }

  private static void check(int[] indices, int batchSize, int epochs) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("an order needs at least one example");
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size must be at least 1, not " + batchSize);
    }
    if (epochs < 1) {
      throw new IllegalArgumentException("epochs must be at least 1, not " + epochs);
    }
    Subsets.checkDistinct(indices);
  }
}
