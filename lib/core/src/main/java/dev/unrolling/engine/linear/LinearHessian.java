package dev.unrolling.engine.linear;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;

/** The Hessian at fixed logits; it does not follow weights that move. */
final class LinearHessian implements LinearOperator {

  private final LinearBatch inputs;
  private final Objective objective;
  private final int averagedOver;
  private final double[][] logits;
  private final int size;
  private boolean closed;

  LinearHessian(
      LinearBatch inputs, Objective objective, int averagedOver, double[][] logits, int size) {
    this.inputs = inputs;
    this.objective = objective;
    this.averagedOver = averagedOver;
    this.logits = logits;
    this.size = size;
  }

  @Override
  public ParameterVector apply(ParameterVector vector) {
    if (closed) {
      throw new IllegalStateException("the Hessian was closed");
    }
    double[] direction = DoubleVector.compatible(vector, size);
    double[][] moved = inputs.logits(direction);
    for (int n = 0; n < moved.length; n++) {
      moved[n] = LinearBatch.curved(objective, logits[n], moved[n]);
    }
    double[] product = new double[size];
    inputs.pullBack(moved, 1.0 / averagedOver, product);
    DoubleVector.add(objective.weightDecay(), direction, 0, product, 0, size);
    return new DoubleVector(product);
  }

  @Override
  public ParameterVector vector(double[] values) {
    if (values.length != size) {
      throw new IllegalArgumentException(
          "the space has " + size + " dimensions, not " + values.length);
    }
    return new DoubleVector(values.clone());
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void close() {
    closed = true;
  }
}
