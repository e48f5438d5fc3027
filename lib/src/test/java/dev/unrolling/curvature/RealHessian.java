package dev.unrolling.curvature;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.Schedule;
import dev.unrolling.training.SgdTrainer;
import java.util.stream.IntStream;

/**
 * The Hessian of a small tanh network on real pictures after some training, of fewer than 500
 * weights, as an operator and written out.
 */
final class RealHessian implements AutoCloseable {

  private final Network network;
  private final LinearOperator operator;
  private final AssembledMatrix matrix;
  private final double[] eigenvalues;

  RealHessian(Objective objective) {
    BatchOrder order = BatchOrder.fixed(Fixtures.images(), range(0, 64), 16, 5);
    network = Fixtures.float64().network(Architectures.tanhCnn(2, 10), 3);
    new SgdTrainer(objective, Schedule.constant(0.1)).train(network, order);
    operator = network.hessian(Batch.of(Fixtures.images(), range(0, 16)), objective, Mode.TRAINING);
    matrix = new AssembledMatrix(operator);
    eigenvalues = matrix.eigenvalues();
  }

  static int[] range(int from, int to) {
    return IntStream.range(from, to).toArray();
  }

  LinearOperator operator() {
    return operator;
  }

  AssembledMatrix matrix() {
    return matrix;
  }

  /** All eigenvalues by a dense method, the largest first. */
  double[] eigenvalues() {
    return eigenvalues;
  }

  @Override
  public void close() {
    operator.close();
    network.close();
  }
}
