package dev.unrolling.engine;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Everything that a network carries from step to step, as copies in host memory.
 *
 * @param weights trainable weights, rank 1, in the order of the layout
 * @param runningStatistics batch-norm means and unbiased variances, rank 1, in the order of {@code
 *     Architecture.runningStatistics()}; empty if there are none
 * @param velocity the running sum of momentum, rank 1, like the weights; empty before the first
 *     step with momentum
 */
public record NetworkState(INDArray weights, INDArray runningStatistics, INDArray velocity) {}
