package dev.unrolling.unlearning.sisa;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Network;
import dev.unrolling.training.SgdTrainer;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** How the constituents of a {@link Sisa} are trained, whatever is left to train on. */
final class SisaTraining {

  private final Dataset dataset;
  private final Sisa.Plan plan;
  private final SgdTrainer trainer;
  private final IntFunction<Network> starts;

  SisaTraining(Dataset dataset, Sisa.Plan plan, SgdTrainer trainer, IntFunction<Network> starts) {
    if (trainer.firstStep() != 0) {
      throw new IllegalArgumentException(
          "SISA trains from step 0, not from step " + trainer.firstStep());
    }
    this.dataset = dataset;
    this.plan = plan;
    this.starts = starts;
    // One that saves checkpoints would write every shard to one file.
    this.trainer = trainer.withoutReports();
  }

  /** The constituent of a shard, not yet trained. */
  Constituent start(int shard) {
    return new Constituent(starts.apply(shard));
  }

  /**
   * Trains a shard's constituent from the state before a slice.
   *
   * @return gradients of one example that this took, counted step by step
   */
  long train(Constituent constituent, SisaPartition partition, int shard, int slice) {
    List<Optional<BatchOrder>> orders =
        IntStream.range(0, partition.slices())
            .mapToObj(stage -> order(partition, shard, stage))
            .toList();
    return constituent.trainFrom(slice, orders, trainer);
  }

  private Optional<BatchOrder> order(SisaPartition partition, int shard, int slice) {
    int[] examples = partition.upTo(shard, slice);
    // Large odd numbers keep the seeds of different shards and slices apart.
    long seed = plan.seed() + 1_000_003L * (shard + 1) + 1_000_000_007L * (slice + 1);
    return examples.length == 0
        ? Optional.empty()
        : Optional.of(
            BatchOrder.byKeys(dataset, examples, plan.batchSize(), plan.epochsPerSlice(), seed));
  }
}
