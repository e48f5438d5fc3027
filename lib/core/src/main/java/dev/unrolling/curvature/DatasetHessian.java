package dev.unrolling.curvature;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Hessian of an objective over many examples, as the mean over all of them: each product
 * streams the examples in chunks, so memory does not grow with the data set. Batch norm uses its
 * running statistics, without which the loss of an example would depend on its chunk.
 *
 * <p>It is that of the network's weights at the time of each product; the network is read, not
 * owned. A chunk's first derivatives are taken anew for every product: where all examples fit one
 * batch, {@link Network#hessian} is faster.
 */
public final class DatasetHessian implements LinearOperator {

  /** Examples in a chunk unless said otherwise. */
  public static final int DEFAULT_CHUNK = 500;

  private final Network network;
  private final Dataset dataset;
  private final int[] indices;
  private final Objective objective;
  private final int chunk;

  /** The Hessian over all examples of a data set, in chunks of 500. */
  public DatasetHessian(Network network, Dataset dataset, Objective objective) {
    this(network, dataset, all(dataset), objective, DEFAULT_CHUNK);
  }

  /**
   * The Hessian over some examples of a data set.
   *
   * @param network at the weights of interest
   * @param dataset where the examples live
   * @param indices at least one; copied
   * @param objective penalty and weight decay included
   * @param chunk examples taken together, at least 1: bounds the memory
   */
  public DatasetHessian(
      Network network, Dataset dataset, int[] indices, Objective objective, int chunk) {
    if (indices.length == 0 || chunk < 1) {
      throw new IllegalArgumentException(
          "a Hessian needs at least 1 example in chunks of at least 1, not "
              + indices.length
              + " in chunks of "
              + chunk);
    }
    this.network = network;
    this.dataset = dataset;
    this.indices = indices.clone();
    this.objective = objective;
    this.chunk = chunk;
  }

  private static int[] all(Dataset dataset) {
    int[] all = new int[dataset.size()];
    Arrays.setAll(all, i -> i);
    return all;
  }

  @Override
  public ParameterVector apply(ParameterVector vector) {
    // Weight decay belongs to the whole, not to each chunk.
    Objective ofData = objective.withWeightDecay(0);
    ParameterVector sum = vector.copy().scaleInPlace(objective.weightDecay());
    for (int from = 0; from < indices.length; from += chunk) {
      if (Thread.interrupted()) {
        sum.close();
        throw new CancellationException(
            "the product was interrupted after " + from + " of " + indices.length + " examples");
      }
      int to = Math.min(indices.length, from + chunk);
      Batch part =
          Batch.of(dataset, Arrays.copyOfRange(indices, from, to)).averagedOver(indices.length);
      try (ParameterVector product =
          network.hessianVectorProduct(part, ofData, Mode.EVALUATION, vector)) {
        sum.addInPlace(1, product);
      }
    }
    return sum;
  }

  @Override
  public ParameterVector vector(double[] values) {
    return network.vector(Nd4j.createFromArray(values));
  }

  @Override
  public long size() {
    return network.layout().size();
  }

  /** Does nothing: there is nothing to free. */
  @Override
  public void close() {}
}
