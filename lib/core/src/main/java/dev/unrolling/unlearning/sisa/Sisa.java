package dev.unrolling.unlearning.sisa;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Network;
import dev.unrolling.training.SgdTrainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * SISA training: sharded, isolated, sliced and aggregated (Bourtoule et al., IEEE Symposium on
 * Security and Privacy 2021; claim 2.9). Each of S shards has a model of its own, the constituent.
 * It is trained on the shard's first slice, then on the first two, and so on up to all R, and its
 * state before each slice is kept. To forget an example, the constituent of its shard goes back to
 * the state before the example's slice and trains on from there without it. The constituents'
 * answers are put together by an {@link Aggregation}.
 *
 * <p>Forgetting is exact: afterwards every constituent has, bit for bit where the engine repeats
 * its bits, the state that training without the examples would have given. For that an example's
 * place in the partition and its key in the order of an epoch depend on nothing but the seed, the
 * shard, the slice being trained, the epoch and its own index ({@link BatchOrder#byKeys}), so the
 * order of those that remain never depends on those that are gone. Batches are cut anew from the
 * remaining ones.
 *
 * <p>The learning rate starts its schedule anew at each slice, and so does a gamma that falls;
 * momentum, like weights and running statistics, is carried on. A constituent none of whose
 * examples is left keeps its start and does not answer. Not for use by several threads at once.
 */
public final class Sisa implements AutoCloseable {

  /**
   * How constituents are trained.
   *
   * @param epochsPerSlice over the slices up to each, at least 1. A shard of n examples takes about
   *     {@code epochsPerSlice * (R + 1) / 2 * n} gradients: as many as that many epochs of all n
   * @param batchSize at least 1
   * @param seed of the orders
   */
  public record Plan(int epochsPerSlice, int batchSize, long seed) {

    /** Checks the ranges. */
    public Plan {
      if (epochsPerSlice < 1 || batchSize < 1) {
        throw new IllegalArgumentException(
            "epochsPerSlice and batchSize must be at least 1, not %s and %s"
                .formatted(epochsPerSlice, batchSize));
      }
    }
  }

  /**
   * What a request took.
   *
   * @param gradients of one example, counted step by step
   * @param shards that were retrained, from 0, in rising order
   */
  public record Forgetting(long gradients, List<Integer> shards) {}

  private final SisaTraining training;
  private final List<Constituent> constituents = new ArrayList<>();
  private final List<Integer> forgotten = new ArrayList<>();
  private SisaPartition partition;
  private long trainingGradients;

  /**
   * A SISA that is yet to be trained: {@link #train} makes all constituents, {@link
   * #trainNextShard} one, and {@link #resume} those that an earlier one had.
   *
   * @param dataset where the examples live
   * @param partition of the examples
   * @param plan of the training
   * @param trainer whose objectives, rates and momentum are used; it must start at step 0
   * @param starts gives a shard's network, not yet trained, e.g. {@code shard ->
   *     engine.network(architecture, seed)}; called once a shard, and closed with this
   */
  public Sisa(
      Dataset dataset,
      SisaPartition partition,
      Plan plan,
      SgdTrainer trainer,
      IntFunction<Network> starts) {
    this.training = new SisaTraining(dataset, plan, trainer, starts);
    this.partition = partition;
  }

  /** Trains all constituents, as {@link #trainNextShard} does one. */
  public void train() {
    while (!isTrained()) {
      trainNextShard();
    }
  }

  /** Number of shards whose constituent is trained. */
  public int shardsTrained() {
    return constituents.size();
  }

  /** Whether every shard has its constituent: before that nothing is forgotten or answered. */
  public boolean isTrained() {
    return constituents.size() == partition.shards();
  }

  /**
   * Trains one more constituent. If training fails, it is as if it had not begun.
   *
   * @throws IllegalStateException if there is none left to train
   * @throws dev.unrolling.training.DivergenceException if a loss or the weights are not finite
   * @throws dev.unrolling.training.TrainingInterruptedException if the thread is interrupted
   */
  public void trainNextShard() {
    int shard = constituents.size();
    if (isTrained()) {
      throw new IllegalStateException("all " + shard + " shards are trained");
    }
    Constituent constituent = training.start(shard);
    try {
      trainingGradients += training.train(constituent, partition, shard, 0);
      constituents.add(constituent);
    } catch (RuntimeException failed) {
      constituent.close();
      throw failed;
    }
  }

  /** What this has come to. The states are copies in host memory. */
  public SisaState state() {
    return new SisaState(
        trainingGradients, forgotten, constituents.stream().map(Constituent::state).toList());
  }

  /**
   * Goes on from what an earlier SISA, made with the same arguments, had come to. To be called on a
   * new one.
   *
   * @throws IllegalStateException if a shard is trained already
   * @throws IllegalArgumentException if the state is of another number of shards or slices, or of
   *     other examples
   */
  public void resume(SisaState earlier) {
    if (!constituents.isEmpty()) {
      throw new IllegalStateException(
          "a SISA goes on from a state before its first shard is trained, not after "
              + constituents.size());
    }
    earlier.checkFits(partition);
    if (!earlier.forgotten().isEmpty()) {
      partition = partition.without(earlier.forgotten().stream().mapToInt(i -> i).toArray());
      forgotten.addAll(earlier.forgotten());
    }
    trainingGradients = earlier.trainingGradients();
    for (int shard = 0; shard < earlier.shards().size(); shard++) {
      constituents.add(training.start(shard));
      constituents.get(shard).restore(earlier.shards().get(shard));
    }
  }

  private void checkTrained() {
    if (!isTrained()) {
      throw new IllegalStateException(
          "only %s of %s shards are trained; call trainNextShard until all are"
              .formatted(constituents.size(), partition.shards()));
    }
  }

  /**
   * Forgets examples, as one request: each shard that holds some of them is trained again, once,
   * from the state before the earliest slice that does. If training fails, nothing is forgotten.
   *
   * @param indices distinct examples that are trained on, at least one, and not all there are
   * @throws IllegalArgumentException naming the index at fault
   * @throws IllegalStateException if a shard is not trained yet
   * @throws dev.unrolling.training.DivergenceException if a loss or the weights are not finite
   * @throws dev.unrolling.training.TrainingInterruptedException if the thread is interrupted
   */
  public Forgetting forget(int... indices) {
    checkTrained();
    SisaPartition rest = partition.without(indices);
    int[] earliest = partition.earliestSlices(indices);
    int[] hit =
        IntStream.range(0, earliest.length).filter(s -> earliest[s] < rest.slices()).toArray();
    List<SisaState.Shard> states =
        Arrays.stream(hit).mapToObj(shard -> constituents.get(shard).state()).toList();
    try {
      long gradients = 0;
      for (int shard : hit) {
        gradients += training.train(constituents.get(shard), rest, shard, earliest[shard]);
      }
      partition = rest;
      Arrays.stream(indices).forEach(forgotten::add);
      return new Forgetting(gradients, Arrays.stream(hit).boxed().toList());
    } catch (RuntimeException failed) {
      IntStream.range(0, hit.length).forEach(i -> constituents.get(hit[i]).restore(states.get(i)));
      throw failed;
    }
  }

  /**
   * The labels that the constituents together give.
   *
   * @param examples of any data set
   * @param aggregation of the answers
   * @return one an example, in order
   */
  public int[] labels(Batch examples, Aggregation aggregation) {
    checkTrained();
    return aggregation.labels(
        IntStream.range(0, partition.shards())
            .filter(shard -> partition.upTo(shard, partition.slices() - 1).length > 0)
            .mapToObj(this::constituent)
            .toList(),
        examples);
  }

  /** Share of examples, 0 to 1, to which the constituents together give the right label. */
  public double accuracy(Batch examples, Aggregation aggregation) {
    int[] right = examples.labels();
    int[] labels = labels(examples, aggregation);
    return IntStream.range(0, labels.length).filter(i -> labels[i] == right[i]).count()
        / (double) labels.length;
  }

  /** The model of a shard, from 0: to be read, not moved. Closed with this. */
  public Network constituent(int shard) {
    return constituents.get(shard).network();
  }

  /** What is trained on now. */
  public SisaPartition partition() {
    return partition;
  }

  /** Gradients of one example that the first training took, counted step by step. */
  public long trainingGradients() {
    return trainingGradients;
  }

  /** States kept beside the constituents: one before each slice of each shard, R S in all. */
  public int storedStates() {
    return constituents.stream().mapToInt(Constituent::storedStates).sum();
  }

  @Override
  public void close() {
    constituents.forEach(Constituent::close);
  }
}
