package dev.unrolling.training;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Engine;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network that counts what is open, vectors and operators that came from it and copies, and what
 * it and its copies have computed.
 */
public final class CountedNetwork implements Network {

  private final Network network;
  private final AtomicInteger open;
  private final AtomicLong gradients;
  private boolean closed;

  /** Counts what comes from a network, which is closed with this. */
  public CountedNetwork(Network network) {
    this(network, new AtomicInteger(), new AtomicLong());
  }

  private CountedNetwork(Network network, AtomicInteger open, AtomicLong gradients) {
    this.network = network;
    this.open = open;
    this.gradients = gradients;
    open.incrementAndGet();
  }

  /** What is open, this network included. */
  public int open() {
    return open.get();
  }

  /** Gradients of one example that were taken, a Hessian-vector product counted as two. */
  public long gradients() {
    return gradients.get();
  }

  /** Another network, counted with this one. */
  public Network counted(Network other) {
    return new CountedNetwork(other, open, gradients);
  }

  private static ParameterVector plain(ParameterVector vector) {
    return ((Vector) vector).values;
  }

  @Override
  public Architecture architecture() {
    return network.architecture();
  }

  @Override
  public Engine engine() {
    return network.engine();
  }

  @Override
  public ParameterVector weights() {
    return new Vector(network.weights());
  }

  @Override
  public void setWeights(ParameterVector weights) {
    network.setWeights(plain(weights));
  }

  @Override
  public ParameterVector vector(INDArray values) {
    return new Vector(network.vector(values));
  }

  @Override
  public NetworkState saveState() {
    return network.saveState();
  }

  @Override
  public void restore(NetworkState state) {
    network.restore(state);
  }

  @Override
  public Network copy() {
    return counted(network.copy());
  }

  @Override
  public Loss step(Batch batch, Objective objective, SgdStep step) {
    gradients.addAndGet(batch.size());
    return network.step(batch, objective, step);
  }

  @Override
  public LossGradient gradient(Batch batch, Objective objective, Mode mode) {
    gradients.addAndGet(batch.size());
    LossGradient found = network.gradient(batch, objective, mode);
    return new LossGradient(found.loss(), new Vector(found.gradient()));
  }

  @Override
  public INDArray inputGradient(Batch batch, Objective objective, Mode mode) {
    gradients.addAndGet(batch.size());
    return network.inputGradient(batch, objective, mode);
  }

  @Override
  public LinearOperator hessian(Batch batch, Objective objective, Mode mode) {
    return new Operator(network.hessian(batch, objective, mode), batch.size());
  }

  @Override
  public INDArray logits(Batch batch, Mode mode) {
    return network.logits(batch, mode);
  }

  @Override
  public void close() {
    open.addAndGet(closed ? 0 : -1);
    closed = true;
    network.close();
  }

  private final class Operator implements LinearOperator {
    private final LinearOperator operator;
    private final int examples;
    private boolean closed;

    Operator(LinearOperator operator, int examples) {
      this.operator = operator;
      this.examples = examples;
      open.incrementAndGet();
    }

    @Override
    public ParameterVector apply(ParameterVector vector) {
      gradients.addAndGet(2L * examples);
      return new Vector(operator.apply(plain(vector)));
    }

    @Override
    public ParameterVector vector(double[] values) {
      return new Vector(operator.vector(values));
    }

    @Override
    public long size() {
      return operator.size();
    }

    @Override
    public void close() {
      open.addAndGet(closed ? 0 : -1);
      closed = true;
      operator.close();
    }
  }

  private final class Vector implements ParameterVector {
    private final ParameterVector values;
    private boolean closed;

    Vector(ParameterVector values) {
      this.values = values;
      open.incrementAndGet();
    }

    @Override
    public long size() {
      return values.size();
    }

    @Override
    public ParameterVector copy() {
      return new Vector(values.copy());
    }

    @Override
    public ParameterVector addInPlace(double scale, ParameterVector other) {
      values.addInPlace(scale, plain(other));
      return this;
    }

    @Override
    public ParameterVector scaleInPlace(double scale) {
      values.scaleInPlace(scale);
      return this;
    }

    @Override
    public ParameterVector multiplyInPlace(ParameterVector other) {
      values.multiplyInPlace(plain(other));
      return this;
    }

    @Override
    public double dot(ParameterVector other) {
      return values.dot(plain(other));
    }

    @Override
    public double norm2() {
      return values.norm2();
    }

    @Override
    public INDArray toArray() {
      return values.toArray();
    }

    @Override
    public void close() {
      open.addAndGet(closed ? 0 : -1);
      closed = true;
      values.close();
    }
  }
}
