package dev.unrolling.engine;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Everything that a network carries from step to step, as copies in host memory.
 *
 * @param weights trainable weights, rank 1, in the order of the layout
 * @param runningStatistics batch-norm means and unbiased variances, rank 1, in the order of {@code
 *     Architecture.runningStatistics()}; empty if there are none
 * @param velocity the running sum of momentum, rank 1, like the weights; empty before the first
 *     step with momentum
 */
public record NetworkState(INDArray weights, INDArray runningStatistics, INDArray velocity) {

  /** A state that is a vector of weights and nothing else. */
  public static NetworkState of(INDArray weights) {
    INDArray none = Nd4j.empty(weights.dataType());
    return new NetworkState(weights, none, none);
  }

  /** This state with no momentum yet. */
  public NetworkState withoutVelocity() {
    return new NetworkState(weights, runningStatistics, Nd4j.empty(weights.dataType()));
  }
}
