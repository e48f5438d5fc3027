package dev.unrolling.engine.linear;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Examples;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Loss;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Layer;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A dense layer, its weights and its momentum. */
final class LinearNetwork implements Network {

  private final LinearEngine engine;
  private final Architecture architecture;
  private final Layer.Dense layer;
  private final double[] weights;
  private double[] velocity = {};
  private boolean closed;

  /** Takes over the weights. */
  LinearNetwork(LinearEngine engine, Architecture architecture, double[] weights) {
    this.engine = engine;
    this.architecture = architecture;
    this.layer = onlyLayer(architecture);
    this.weights = checked("weights", weights);
  }

  private static Layer.Dense onlyLayer(Architecture architecture) {
    List<Layer> layers = architecture.layers();
    boolean flattens = layers.size() == 2 && layers.get(0) instanceof Layer.Flatten;
    if ((layers.size() == 1 || flattens)
        && layers.get(layers.size() - 1) instanceof Layer.Dense dense) {
      return dense;
    }
    throw new IllegalArgumentException(
        "the engine linear computes networks of one dense layer, which "
            + architecture.name()
            + " is not; use torch or dl4j");
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public ParameterVector weights() {
    return new DoubleVector(open().clone());
  }

  @Override
  public void setWeights(ParameterVector values) {
    overwrite(DoubleVector.compatible(values, open().length));
  }

  @Override
  public ParameterVector vector(INDArray values) {
    open();
    return new DoubleVector(checked("vector", DoubleVector.values(values)));
  }

  @Override
  public NetworkState saveState() {
    return new NetworkState(
        DoubleVector.array(open()), Nd4j.empty(DataType.DOUBLE), DoubleVector.array(velocity));
  }

  @Override
  public void restore(NetworkState state) {
    open();
    double[] values = checked("weights", DoubleVector.values(state.weights()));
    double[] sum = DoubleVector.values(state.velocity());
    if (!state.runningStatistics().isEmpty()) {
      throw new IllegalArgumentException(
          architecture.name()
              + " has no running statistics, but the state holds "
              + state.runningStatistics().length());
    }
    velocity = sum.length == 0 ? sum : checked("velocity", sum);
    overwrite(values);
  }

  @Override
  public Network copy() {
    LinearNetwork twin = new LinearNetwork(engine, architecture, open().clone());
    twin.velocity = velocity.clone();
    return twin;
  }

  @Override
  public Loss step(Batch batch, Objective objective, SgdStep step) {
    double[] gradient = new double[open().length];
    double loss = differentiate(batch, objective, gradient);
    if (step.momentum() > 0) {
      if (velocity.length > 0) {
        DoubleVector.add(step.momentum(), velocity, 0, gradient, 0, gradient.length);
      }
      velocity = gradient;
    }
    DoubleVector.add(-step.rate(), gradient, 0, weights, 0, weights.length);
    return () -> loss;
  }

  @Override
  public LossGradient gradient(Batch batch, Objective objective, Mode mode) {
    double[] gradient = new double[open().length];
    double loss = differentiate(batch, objective, gradient);
    return new LossGradient(() -> loss, new DoubleVector(gradient));
  }

  /** Adds the gradient to zeros; returns the loss. */
  private double differentiate(Batch batch, Objective objective, double[] gradient) {
    double loss = 0;
    if (batch.size() > 0) {
      LinearBatch inputs = new LinearBatch(batch, architecture, layer);
      double[][] slopes = new double[batch.size()][layer.out()];
      loss = losses(batch, inputs, objective, slopes) / batch.averagedOver();
      inputs.pullBack(slopes, 1.0 / batch.averagedOver(), gradient);
    }
    if (objective.weightDecay() > 0) {
      DoubleVector.add(objective.weightDecay(), weights, 0, gradient, 0, weights.length);
      loss +=
          objective.weightDecay() / 2 * DoubleVector.dot(weights, 0, weights, 0, weights.length);
    }
    return loss;
  }

  /** Adds each example's derivative by its logits to zeros; returns the sum of the losses. */
  private double losses(Batch batch, LinearBatch inputs, Objective objective, double[][] slopes) {
    double[][] targets = Examples.targets(batch, architecture, objective.criterion());
    double[][] logits = inputs.logits(weights);
    double sum = 0;
    for (int n = 0; n < logits.length; n++) {
      sum += LinearBatch.loss(objective, logits[n], targets[n], slopes[n]);
    }
    return sum;
  }

  @Override
  public INDArray inputGradient(Batch batch, Objective objective, Mode mode) {
    open();
    LinearBatch inputs = new LinearBatch(batch, architecture, layer);
    double[][] slopes = new double[batch.size()][layer.out()];
    losses(batch, inputs, objective, slopes);
    double[] gradient = inputs.byValues(slopes, 1.0 / batch.averagedOver(), weights);
    return Nd4j.createFromArray(gradient).reshape('c', Examples.shape(batch, architecture));
  }

  @Override
  public LinearOperator hessian(Batch batch, Objective objective, Mode mode) {
    double[] at = open().clone();
    Examples.labels(batch, architecture, objective.criterion());
    LinearBatch inputs = new LinearBatch(batch, architecture, layer);
    return new LinearHessian(inputs, objective, batch.averagedOver(), inputs.logits(at), at.length);
  }

  @Override
  public INDArray logits(Batch batch, Mode mode) {
    double[][] logits = new LinearBatch(batch, architecture, layer).logits(open());
    return Nd4j.createFromArray(logits);
  }

  @Override
  public void close() {
    closed = true;
  }

  private double[] open() {
    if (closed) {
      throw new IllegalStateException("the network was closed");
    }
    return weights;
  }

  private void overwrite(double[] values) {
    System.arraycopy(values, 0, weights, 0, values.length);
  }

  private double[] checked(String what, double[] values) {
    architecture.checkCount(what, values.length, architecture.parameters().size());
    return values;
  }
}
