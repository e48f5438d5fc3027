package dev.unrolling.unlearning.sisa;

import dev.unrolling.engine.NetworkState;
import java.util.List;

/**
 * What a {@link Sisa} has come to, to go on with after an interruption: between two shards, or
 * between two requests to forget. Neither the start of a constituent nor the partition before the
 * first request is in it.
 *
 * @param trainingGradients of the shards trained so far
 * @param forgotten examples, of all requests so far
 * @param shards one a shard trained so far, in order
 */
public record SisaState(long trainingGradients, List<Integer> forgotten, List<Shard> shards) {

  /** Copies the lists. */
  public SisaState {
    forgotten = List.copyOf(forgotten);
    shards = List.copyOf(shards);
  }

  /**
   * The states of a constituent.
   *
   * @param end as it answers
   * @param beforeSlices its states before each slice but the first, R - 1
   */
  public record Shard(NetworkState end, List<NetworkState> beforeSlices) {

    /** Copies the list. */
    public Shard {
      beforeSlices = List.copyOf(beforeSlices);
    }
  }

  /** Checks that it may be of a SISA with such a partition, before the first request. */
  void checkFits(SisaPartition partition) {
    int later = partition.slices() - 1;
    if (shards.size() > partition.shards()
        || shards.stream().anyMatch(shard -> shard.beforeSlices().size() != later)) {
      throw new IllegalArgumentException(
          "the state is of another SISA, for this one has "
              + partition.shards()
              + " shards of "
              + partition.slices()
              + " slices; make one with the arguments of the first");
    }
  }
}
