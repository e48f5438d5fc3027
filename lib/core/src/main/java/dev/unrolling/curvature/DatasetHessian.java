package dev.unrolling.curvature;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Hessian of an objective over many examples, as the mean over all of them: each product
 * streams the examples in batches, so memory does not grow with the data set. Over a whole data set
 * batch norm uses its running statistics, without which the loss of an example would depend on its
 * batch; {@link #ofBatches} takes the batches of a run, and their statistics.
 *
 * <p>It is that of the network's weights at the time of each product; the network is read, not
 * owned. A batch's first derivatives are taken anew for every product: where all examples fit one
 * batch, {@link Network#hessian} is faster.
 */
public final class DatasetHessian implements LinearOperator {

  /** Examples taken together unless said otherwise. */
  public static final int DEFAULT_CHUNK = 500;

  private final Network network;
  private final List<Batch> batches;
  private final int examples;
  private final Objective objective;
  private final Mode mode;

  private DatasetHessian(Network network, List<Batch> batches, Objective objective, Mode mode) {
    this.network = network;
    this.batches = List.copyOf(batches);
    this.examples = batches.stream().mapToInt(Batch::size).sum();
    this.objective = objective;
    this.mode = mode;
  }

  /** The Hessian over all examples of a data set, in chunks of 500. */
  public DatasetHessian(Network network, Dataset dataset, Objective objective) {
    this(network, dataset, Batch.all(dataset).indices(), objective, DEFAULT_CHUNK);
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
    this(network, chunks(dataset, indices, chunk), objective, Mode.EVALUATION);
  }

  /**
   * The mean Hessian over some batches, each example weighing the same.
   *
   * @param network at the weights of interest
   * @param batches at least one
   * @param objective penalty and weight decay included
   * @param mode of batch norm; with {@link Mode#TRAINING} each batch has its own statistics
   */
  public static DatasetHessian ofBatches(
      Network network, List<Batch> batches, Objective objective, Mode mode) {
    if (batches.isEmpty()) {
      throw new IllegalArgumentException("a Hessian needs at least 1 batch, not 0");
    }
    return new DatasetHessian(network, batches, objective, mode);
  }

  private static List<Batch> chunks(Dataset dataset, int[] indices, int chunk) {
    if (indices.length == 0 || chunk < 1) {
      throw new IllegalArgumentException(
          "a Hessian needs at least 1 example in chunks of at least 1, not "
              + indices.length
              + " in chunks of "
              + chunk);
    }
    return Batch.parts(dataset, indices, chunk);
  }

  @Override
  public ParameterVector apply(ParameterVector vector) {
    // Weight decay belongs to the whole, not to each batch.
    Objective ofData = objective.withWeightDecay(0);
    ParameterVector sum = vector.copy().scaleInPlace(objective.weightDecay());
    int done = 0;
    for (Batch batch : batches) {
      if (Thread.interrupted()) {
        sum.close();
        throw new CancellationException(
            "the product was interrupted after " + done + " of " + examples + " examples");
      }
      try (ParameterVector product =
          network.hessianVectorProduct(batch.averagedOver(examples), ofData, mode, vector)) {
        sum.addInPlace(1, product);
      }
      done += batch.size();
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
