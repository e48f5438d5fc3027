package dev.unrolling.unlearning;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.SgdTrainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * SISA training: sharded, isolated, sliced and aggregated (Bourtoule et al., IEEE Symposium on
 * Security and Privacy 2021; paper section 2.9). Each of S shards has a model of its own, the
 * constituent. It is trained on the shard's first slice, then on the first two, and so on up to all
 * R, and its state before each slice is kept. To forget an example, the constituent of its shard
 * goes back to the state before the example's slice and trains on from there without it. The
 * constituents' answers are put together by an {@link Aggregation}.
 *
 * <p>Forgetting is exact: afterwards every constituent has, bit for bit where the engine repeats
 * its bits, the state that training without the examples would have given. For that an example's
 * place in the partition and its key in the order of an epoch depend on nothing but the seed, the
 * shard, the slice being trained, the epoch and its own index ({@link BatchOrder#byKeys}), so the
 * order of those that remain never depends on those that are gone. Batches are cut anew from the
 * remaining ones.
 *
 * <p>The learning rate starts its schedule anew at each slice; momentum, like weights and running
 * statistics, is carried on. A constituent none of whose examples is left keeps its start and does
 * not answer. Not for use by several threads at once.
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
            "epochsPerSlice and batchSize must be at least 1, not "
                + epochsPerSlice
                + " and "
                + batchSize);
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

  private final Dataset dataset;
  private final SgdTrainer trainer;
  private final Plan plan;
  private final List<Constituent> constituents = new ArrayList<>();
  private SisaPartition partition;
  private long trainingGradients;

  private Sisa(Dataset dataset, SisaPartition partition, Plan plan, SgdTrainer trainer) {
    this.dataset = dataset;
    this.partition = partition;
    this.plan = plan;
    // A trainer of its own: one that saves checkpoints would write every shard to one file.
    this.trainer =
        new SgdTrainer(trainer.objective(), trainer.schedule())
            .withMomentum(trainer.momentum())
            .withCheckEvery(trainer.checkEvery());
  }

  /**
   * Trains all constituents.
   *
   * @param dataset where the examples live
   * @param partition of the examples
   * @param plan of the training
   * @param trainer whose objective, schedule and momentum are used; it must start at step 0
   * @param starts gives a shard's network, not yet trained, e.g. {@code shard ->
   *     engine.network(architecture, seed)}; called once a shard, and closed with this
   * @throws dev.unrolling.training.DivergenceException if a loss or the weights are not finite
   * @throws dev.unrolling.training.TrainingInterruptedException if the thread is interrupted
   */
  public static Sisa train(
      Dataset dataset,
      SisaPartition partition,
      Plan plan,
      SgdTrainer trainer,
      IntFunction<Network> starts) {
    if (trainer.firstStep() != 0) {
      throw new IllegalArgumentException(
          "SISA trains from step 0, not from step " + trainer.firstStep());
    }
    Sisa sisa = new Sisa(dataset, partition, plan, trainer);
    try {
      for (int shard = 0; shard < partition.shards(); shard++) {
        Constituent constituent = new Constituent(starts.apply(shard));
        sisa.constituents.add(constituent);
        sisa.trainingGradients += sisa.trainFrom(0, shard);
      }
      return sisa;
    } catch (RuntimeException failed) {
      sisa.close();
      throw failed;
    }
  }

  private long trainFrom(int slice, int shard) {
    List<Optional<BatchOrder>> orders =
        IntStream.range(0, partition.slices()).mapToObj(stage -> order(shard, stage)).toList();
    return constituents.get(shard).trainFrom(slice, orders, trainer);
  }

  private Optional<BatchOrder> order(int shard, int slice) {
    int[] examples = partition.upTo(shard, slice);
    // Large odd numbers keep the seeds of different shards and slices apart.
    long seed = plan.seed() + 1_000_003L * (shard + 1) + 1_000_000_007L * (slice + 1);
    return examples.length == 0
        ? Optional.empty()
        : Optional.of(
            BatchOrder.byKeys(dataset, examples, plan.batchSize(), plan.epochsPerSlice(), seed));
  }

  /**
   * Forgets examples, as one request: each shard that holds some of them is trained again, once,
   * from the state before the earliest slice that does. If training fails, nothing is forgotten.
   *
   * @param indices distinct examples that are trained on, at least one, and not all there are
   * @throws IllegalArgumentException naming the index at fault
   * @throws dev.unrolling.training.DivergenceException if a loss or the weights are not finite
   * @throws dev.unrolling.training.TrainingInterruptedException if the thread is interrupted
   */
  public Forgetting forget(int... indices) {
    SisaPartition before = partition;
    SisaPartition rest = before.without(indices);
    int[] earliest = before.earliestSlices(indices);
    int[] hit =
        IntStream.range(0, earliest.length).filter(s -> earliest[s] < before.slices()).toArray();
    List<Constituent.Snapshot> snapshots =
        Arrays.stream(hit).mapToObj(shard -> constituents.get(shard).snapshot()).toList();
    try {
      partition = rest;
      long gradients = 0;
      for (int shard : hit) {
        gradients += trainFrom(earliest[shard], shard);
      }
      return new Forgetting(gradients, Arrays.stream(hit).boxed().toList());
    } catch (RuntimeException failed) {
      partition = before;
      for (int i = 0; i < hit.length; i++) {
        constituents.get(hit[i]).restore(snapshots.get(i));
      }
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
    int[] indices = examples.indices();
    int[] labels = new int[indices.length];
    for (int from = 0; from < indices.length; from += Evaluation.DEFAULT_CHUNK) {
      int to = Math.min(indices.length, from + Evaluation.DEFAULT_CHUNK);
      Batch part = Batch.of(examples.dataset(), Arrays.copyOfRange(indices, from, to));
      List<double[][]> logits =
          IntStream.range(0, partition.shards())
              .filter(shard -> partition.upTo(shard, partition.slices() - 1).length > 0)
              .mapToObj(shard -> constituent(shard).logits(part, Mode.EVALUATION))
              .map(values -> values.castTo(DataType.DOUBLE).toDoubleMatrix())
              .toList();
      System.arraycopy(aggregation.labels(logits), 0, labels, from, to - from);
    }
    return labels;
  }

  /** Share of examples, 0 to 1, to which the constituents together give the right label. */
  public double accuracy(Batch examples, Aggregation aggregation) {
    int[] indices = examples.indices();
    int[] labels = labels(examples, aggregation);
    long hits =
        IntStream.range(0, labels.length)
            .filter(i -> labels[i] == examples.dataset().label(indices[i]))
            .count();
    return (double) hits / labels.length;
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
