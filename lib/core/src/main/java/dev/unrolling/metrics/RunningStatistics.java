package dev.unrolling.metrics;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch norm's running means and variances: they are not weights, so no verification error sees
 * them, yet logits depend on them (claim 2.6).
 */
public final class RunningStatistics {

  private RunningStatistics() {}

  /**
   * Euclidean distance of all running means and variances; 0 without batch norm.
   *
   * @param one a network
   * @param other of the same architecture
   */
  public static double distance(Network one, Network other) {
    WeightDistance.checkSame(one, other);
    INDArray a = one.saveState().runningStatistics();
    INDArray b = other.saveState().runningStatistics();
    return a.isEmpty()
        ? 0
        : Outputs.distance(
            a.castTo(DataType.DOUBLE).toDoubleVector(), b.castTo(DataType.DOUBLE).toDoubleVector());
  }

  /**
   * A network with the weights of one and the running statistics of another.
   *
   * @param weights M'', unchanged
   * @param statistics M', unchanged; of the same architecture
   * @return a new network that the caller closes
   */
  public static Network transplant(Network weights, Network statistics) {
    WeightDistance.checkSame(weights, statistics);
    Network made = weights.copy();
    NetworkState state = made.saveState();
    made.restore(
        new NetworkState(
            state.weights(), statistics.saveState().runningStatistics(), state.velocity()));
    return made;
  }
}
