package dev.unrolling.experiments.finetuning;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import java.util.Arrays;

/**
 * The forget batch x* and the other examples of a run.
 *
 * @param forget x*
 * @param others indices of the other examples
 */
record ForgetSplit(Batch forget, int[] others) {

  /** Draws as many examples of each class by the seed, and takes the first ones for x*. */
  static ForgetSplit of(Dataset train, FineTuningSettings settings) {
    int[] drawn = Subsets.stratified(train, settings.examples(), settings.seed());
    return new ForgetSplit(
        Batch.of(train, Arrays.copyOf(drawn, settings.batchSize())),
        Arrays.copyOfRange(drawn, settings.batchSize(), drawn.length));
  }

  /** All examples. */
  int[] all() {
    int[] all = Arrays.copyOf(others, others.length + forget.size());
    System.arraycopy(forget.indices(), 0, all, others.length, forget.size());
    return all;
  }
}
