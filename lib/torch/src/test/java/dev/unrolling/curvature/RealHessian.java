package dev.unrolling.curvature;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Fixtures;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import java.util.stream.IntStream;

/**
 * The Hessian of a small tanh network on real pictures after some training, of fewer than 500
 * weights, as an operator and written out.
 */
final class RealHessian implements AutoCloseable {

  private static final double STEP = 1e-5;

  private final Network network;
  private final Objective objective;
  private final Batch batch;
  private final LinearOperator operator;
  private final AssembledMatrix matrix;
  private final double[] eigenvalues;

  RealHessian(Objective objective) {
    BatchOrder order = BatchOrder.fixed(Fixtures.images(), range(0, 64), 16, 5);
    this.objective = objective;
    batch = Batch.of(Fixtures.images(), range(0, 16));
    network = Fixtures.float64().network(Architectures.tanhCnn(2, 10), 3);
    new SgdTrainer(objective, Schedule.constant(0.1)).train(network, order);
    operator = network.hessian(batch, objective, Mode.TRAINING);
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

  /** All eigenvalues of central differences of gradients: no second derivative is asked for. */
  double[] eigenvaluesByDifferences() {
    // The operator holds on to the network's weights, so it is a copy that moves.
    try (Network copy = network.copy();
        ParameterVector weights = network.weights()) {
      double[] at = weights.toArray().toDoubleVector();
      double[][] rows = new double[at.length][];
      for (int i = 0; i < at.length; i++) {
        double[] above = gradient(copy, at, i, STEP);
        double[] below = gradient(copy, at, i, -STEP);
        rows[i] = new double[at.length];
        for (int j = 0; j < at.length; j++) {
          rows[i][j] = (above[j] - below[j]) / (2 * STEP);
        }
      }
      return AssembledMatrix.eigenvalues(rows);
    }
  }

  private double[] gradient(Network copy, double[] at, int index, double step) {
    double[] moved = at.clone();
    moved[index] += step;
    try (ParameterVector weights = operator.vector(moved)) {
      copy.setWeights(weights);
      try (ParameterVector gradient = copy.gradient(batch, objective, Mode.TRAINING).gradient()) {
        return gradient.toArray().toDoubleVector();
      }
    }
  }

  @Override
  public void close() {
    operator.close();
    network.close();
  }
}
