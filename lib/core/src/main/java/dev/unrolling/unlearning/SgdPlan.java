package dev.unrolling.unlearning;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.training.schedule.Schedule;

/**
 * How a method that goes on training walks over its examples: shuffled before each epoch, in
 * batches.
 *
 * @param schedule of the learning rates
 * @param epochs at least 1
 * @param batchSize at least 1; a last batch of fewer examples is kept
 * @param momentum in [0, 1); it starts from nothing, whatever M carried
 */
public record SgdPlan(Schedule schedule, int epochs, int batchSize, double momentum) {

  /** Checks the ranges. */
  public SgdPlan {
    if (epochs < 1 || batchSize < 1) {
      throw new IllegalArgumentException(
          "epochs and batch size must be at least 1, not " + epochs + " and " + batchSize);
    }
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum must be in [0, 1), not " + momentum);
    }
  }

  /** Gradients of one example that a walk over so many takes. */
  public long gradients(long examples) {
    return epochs * examples;
  }

  /**
   * The batches.
   *
   * @param examples to walk over
   * @param seed of the shuffles
   */
  public BatchOrder order(Batch examples, long seed) {
    return BatchOrder.shuffled(examples.dataset(), examples.indices(), batchSize, epochs, seed);
  }
}
