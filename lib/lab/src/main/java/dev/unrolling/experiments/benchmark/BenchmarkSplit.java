package dev.unrolling.experiments.benchmark;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.training.schedule.Schedule;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Who is seen by whom in a run. What is forgotten has batches of its own, spread evenly among those
 * of what stays, so that M' is M's run with these left out and nothing else moved; an incomplete
 * one comes last.
 *
 * @param settings of the run
 * @param forget what is to be forgotten
 * @param retained what stays, whole batches
 * @param validation training examples that no network sees
 * @param test examples of the test set; of whole classes, without the forgotten one
 * @param forgottenTest test examples of the forgotten class; empty where none is
 */
record BenchmarkSplit(
    BenchmarkSettings settings,
    Batch forget,
    Batch retained,
    Batch validation,
    Batch test,
    Batch forgottenTest) {

  private static final int POINTS = 128;
  private static final int PADDING = 4;

  /** Tells the draws of shadow models from those of forget sets. */
  private static final long SHADOW = 1;

  static BenchmarkSplit of(DataSets.Parts data, BenchmarkSettings s) {
    Dataset train = data.train();
    int[] chosen = Subsets.stratified(train, s.examples(), s.seed());
    boolean whole = s.protocol() == BenchmarkSettings.Protocol.CLASS;
    if (whole && s.forgetSet() >= train.classes()) {
      throw new IllegalArgumentException(
          "forgetSet is the class to forget, 0 to "
              + (train.classes() - 1)
              + ", not "
              + s.forgetSet());
    }
    int[] forget =
        whole
            ? of(train, chosen, s.forgetSet(), true)
            : Arrays.copyOf(Subsets.byKeys(chosen, s.seed(), s.forgetSet()), count(s));
    boolean[] gone = new boolean[train.size()];
    Arrays.stream(forget).forEach(index -> gone[index] = true);
    int[] stays = Arrays.stream(chosen).filter(index -> !gone[index]).toArray();
    stays = Arrays.copyOf(stays, stays.length / s.batchSize() * s.batchSize());
    int[] validation =
        Subsets.stratified(train, Subsets.rest(train, chosen), s.validationExamples(), s.seed());
    int[] test = Subsets.stratified(data.test(), s.testExamples(), s.seed());
    Batch all = Batch.of(data.test(), test);
    return new BenchmarkSplit(
        s,
        Batch.of(train, forget),
        Batch.of(train, stays),
        Batch.of(train, whole ? of(train, validation, s.forgetSet(), false) : validation),
        whole ? Batch.of(data.test(), of(data.test(), test, s.forgetSet(), false)) : all,
        whole ? Batch.of(data.test(), of(data.test(), test, s.forgetSet(), true)) : all.emptied());
  }

  private static int count(BenchmarkSettings s) {
    return s.protocol() == BenchmarkSettings.Protocol.RANDOM
        ? Math.max(1, (int) Math.round(s.share() * s.examples()))
        : Math.min(POINTS, s.examples() / 10);
  }

  private static int[] of(Dataset data, int[] among, int label, boolean has) {
    return Arrays.stream(among).filter(index -> (data.label(index) == label) == has).toArray();
  }

  /** M's batches. */
  BatchOrder order() {
    int size = settings.batchSize();
    int[] stays = retained.indices();
    int[] gone = forget.indices();
    int blocks = gone.length / size;
    int batches = stays.length / size;
    IntStream arranged = IntStream.empty();
    int placed = 0;
    for (int batch = 0; batch <= batches; batch++) {
      while (placed < blocks && (2 * placed + 1) * batches / (2 * blocks) <= batch) {
        arranged = IntStream.concat(arranged, block(gone, placed++, size));
      }
      if (batch < batches) {
        arranged = IntStream.concat(arranged, block(stays, batch, size));
      }
    }
    arranged = IntStream.concat(arranged, Arrays.stream(gone).skip((long) blocks * size));
    return trained(arranged.toArray());
  }

  /** The batches of M', in their order in M's. */
  BatchOrder retrainedOrder() {
    return trained(retained.indices());
  }

  /** The rates of M': of each of its batches that which it has in M's run. */
  Schedule retrainedSchedule() {
    BatchOrder all = order();
    Set<Integer> gone = Arrays.stream(forget.indices()).boxed().collect(Collectors.toSet());
    double[] rates =
        IntStream.range(0, all.steps())
            .filter(step -> !gone.contains(all.batch(step).indices()[0]))
            .mapToDouble(step -> settings.schedule().rate(all, step))
            .toArray();
    return (order, step) -> rates[step];
  }

  /**
   * The batches of a shadow model, of one half of the run's examples.
   *
   * @param number of the model; an even one has what the next has not
   */
  BatchOrder shadowOrder(int number) {
    return trained(shadowed(number));
  }

  /** The examples that a shadow model is trained on. */
  int[] shadowed(int number) {
    int[] all =
        Subsets.byKeys(
            Subsets.stratified(forget.dataset(), settings.examples(), settings.seed()),
            settings.seed(),
            number / 2,
            SHADOW);
    int half = all.length / 2;
    return number % 2 == 0 ? Arrays.copyOf(all, half) : Arrays.copyOfRange(all, half, all.length);
  }

  private BatchOrder trained(int[] indices) {
    BatchOrder order =
        BatchOrder.fixed(forget.dataset(), indices, settings.batchSize(), settings.epochs());
    return settings.recipe() == BenchmarkSettings.Recipe.PLAIN
        ? order
        : order.augmented(PADDING, settings.seed());
  }

  private static IntStream block(int[] indices, int block, int size) {
    return Arrays.stream(indices, block * size, (block + 1) * size);
  }
}
