package dev.unrolling.unlearning.baselines.parts;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The squares of gradients at fixed weights, weight by weight. */
public final class FisherDiagonal {

  private FisherDiagonal() {}

  /**
   * The mean over batches of the squared gradient of the cross entropy, in evaluation mode: with
   * batches of 1 and labels drawn from the network's answers an estimate of the diagonal of
   * Fisher's information, with the true labels that of the empirical one.
   *
   * @param network unchanged
   * @param batchSize at least 1
   * @return float64, rank 1, as long as the weights
   */
  public static INDArray of(Network network, Batch examples, int batchSize) {
    Objective criterion = Objective.crossEntropy();
    BatchOrder order = BatchOrder.fixed(examples.dataset(), examples.indices(), batchSize, 1);
    INDArray sum = Nd4j.zeros(DataType.DOUBLE, network.layout().size());
    for (int i = 0; i < order.steps(); i++) {
      try (LossGradient one = network.gradient(order.batch(i), criterion, Mode.EVALUATION)) {
        INDArray gradient = one.gradient().toArray().castTo(DataType.DOUBLE);
        sum.addi(gradient.mul(gradient));
      }
    }
    return sum.divi(order.steps());
  }
}
