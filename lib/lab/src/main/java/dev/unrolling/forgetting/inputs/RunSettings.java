package dev.unrolling.forgetting.inputs;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What a training was, as far as its files do not tell: the batch to be forgotten was one batch of
 * each epoch, the other examples were cut into batches of one size.
 *
 * @param epochs number of them, at least 1; empty for what the model's file says
 * @param batchSize of the other batches, at least 1; empty for that of the batch to be forgotten
 * @param before how many of an epoch's other batches came before the one to be forgotten, from 0
 * @param order of the other examples
 * @param seed of an order that is drawn
 * @param rate the learning rate, constant; empty for what the model's file says
 * @param momentum of plain SGD where the model's file says none, in [0, 1)
 */
public record RunSettings(
    OptionalInt epochs,
    OptionalInt batchSize,
    int before,
    Order order,
    long seed,
    OptionalDouble rate,
    double momentum) {

  /** In which order an epoch visits the examples that stay. */
  public enum Order {
    /** That of the list of what stays, or of the data: the same in each epoch. */
    FIXED,
    /** Shuffled anew for each epoch, as {@link BatchOrder#shuffled}. */
    SHUFFLED,
    /** By keys, as {@link BatchOrder#byKeys}. */
    KEYS
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the setting
   */
  public RunSettings {
    require(epochs.orElse(1) >= 1, "epochs must be at least 1, not " + epochs.orElse(0));
    require(
        batchSize.orElse(1) >= 1, "the batch size must be at least 1, not " + batchSize.orElse(0));
    require(
        before >= 0,
        "the batch to be forgotten comes after 0 or more others of an epoch, not " + before);
    double eta = rate.orElse(1);
    require(eta > 0 && !Double.isInfinite(eta), "the learning rate must be above 0, not " + eta);
    require(momentum >= 0 && momentum < 1, "momentum must be in [0, 1), not " + momentum);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /**
   * The batches of the other examples alone.
   *
   * @param retained their indices
   * @param forgotten how many are to be forgotten, the batch size where none is given
   * @param passes epochs
   */
  public BatchOrder without(Dataset data, int[] retained, int forgotten, int passes) {
    int size = batchSize.orElse(forgotten);
    return switch (order) {
      case FIXED -> BatchOrder.fixed(data, retained, size, passes);
      case SHUFFLED -> BatchOrder.shuffled(data, retained, size, passes, seed);
      case KEYS -> BatchOrder.byKeys(data, retained, size, passes, seed);
    };
  }

  /**
   * The batches of the run.
   *
   * @param retained indices of the other examples
   * @param forgotten indices of those that are to be forgotten, one batch
   * @param passes epochs
   */
  public BatchOrder with(Dataset data, int[] retained, int[] forgotten, int passes) {
    return without(data, retained, forgotten.length, passes)
        .withForgetBatch(Batch.of(data, forgotten), before);
  }
}
