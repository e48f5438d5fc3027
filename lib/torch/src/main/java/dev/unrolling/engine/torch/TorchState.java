package dev.unrolling.engine.torch;

import dev.unrolling.engine.NetworkState;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.InitialWeights;
import dev.unrolling.model.ParameterLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The flat tensors of a network, each layer's views of them, and the running sum of momentum, which
 * there is none of before the first step with momentum. None can be had once they are closed:
 * LibTorch would read freed memory.
 */
final class TorchState implements AutoCloseable {

  private final TorchEngine engine;
  private final Architecture architecture;
  private final Tensor weights;
  private final List<Tensor> leaves;
  private final Tensor statistics;
  private final List<Tensor> runningViews;
  private Optional<Tensor> velocity = Optional.empty();
  private boolean closed;

  /** Takes over tensors that were kept by {@link TorchEngine#keep}. */
  TorchState(TorchEngine engine, Architecture architecture, Tensor weights, Tensor statistics) {
    this.engine = engine;
    this.architecture = architecture;
    this.weights = weights;
    this.leaves = views(weights, architecture.parameters(), true);
    this.statistics = statistics;
    this.runningViews = views(statistics, architecture.runningStatistics(), false);
  }

  /** Of initial weights and running statistics. */
  static TorchState of(TorchEngine engine, Architecture architecture, INDArray initial) {
    architecture.checkCount("weights", count(initial), architecture.parameters().size());
    double[] statistics = InitialWeights.runningStatistics(architecture);
    return new TorchState(
        engine, architecture, engine.tensor(initial), engine.tensor(statistics, statistics.length));
  }

  private static List<Tensor> views(Tensor flat, ParameterLayout layout, boolean leaf) {
    List<Tensor> views = new ArrayList<>();
    try (NativeScope scope = new NativeScope()) {
      for (ParameterLayout.Entry entry : layout.entries()) {
        long[] shape = entry.shape().stream().mapToLong(i -> i).toArray();
        Tensor view = flat.narrow(0, entry.offset(), entry.size()).view(shape).detach();
        views.add(TorchEngine.keep(leaf ? view.set_requires_grad(true) : view));
      }
    }
    return List.copyOf(views);
  }

  /** All trainable weights, rank 1. */
  Tensor weights() {
    return open(weights);
  }

  /** What the layers compute with, in the order of the layout: the leaves of a derivative. */
  List<Tensor> leaves() {
    return open(leaves);
  }

  /** Each norm's running statistics, in the order of their layout. */
  List<Tensor> runningViews() {
    return open(runningViews);
  }

  /**
   * Takes a gradient into the sum of momentum.
   *
   * @return what the weights move along: the sum, or without momentum the gradient
   */
  Tensor carry(Tensor gradient, double momentum) {
    if (momentum == 0) {
      return gradient;
    }
    if (velocity.isEmpty()) {
      velocity = Optional.of(TorchEngine.copy(gradient));
    } else {
      velocity.get().mul_(new Scalar(momentum)).add_(gradient);
    }
    return velocity.get();
  }

  /** All of it in host memory. */
  NetworkState save() {
    return new NetworkState(
        engine.array(weights(), weights.numel()),
        statistics.numel() == 0 ? none() : engine.array(statistics, statistics.numel()),
        velocity.map(sum -> engine.array(sum, sum.numel())).orElseGet(this::none));
  }

  private INDArray none() {
    return Nd4j.empty(engine.precision().dataType());
  }

  /** Takes what {@link #save} gave. */
  void restore(NetworkState state) {
    long size = weights().numel();
    architecture.checkCount("weights", count(state.weights()), size);
    architecture.checkCount(
        "running statistics", count(state.runningStatistics()), statistics.numel());
    if (!state.velocity().isEmpty()) {
      architecture.checkCount("velocity", count(state.velocity()), size);
    }
    overwrite(weights, state.weights());
    if (statistics.numel() > 0) {
      overwrite(statistics, state.runningStatistics());
    }
    closeVelocity();
    velocity =
        state.velocity().isEmpty()
            ? Optional.empty()
            : Optional.of(engine.tensor(state.velocity()));
  }

  /** A second one of the same values. */
  TorchState copy() {
    TorchState twin =
        new TorchState(
            engine, architecture, TorchEngine.copy(weights()), TorchEngine.copy(statistics));
    twin.velocity = velocity.map(TorchEngine::copy);
    return twin;
  }

  /** Moves the weights to those of a tensor of the same size. */
  void overwriteWeights(Tensor values) {
    overwrite(weights(), values);
  }

  private void overwrite(Tensor target, INDArray values) {
    try (Tensor source = engine.tensor(values)) {
      overwrite(target, source);
    }
  }

  private static void overwrite(Tensor target, Tensor source) {
    try (NativeScope scope = new NativeScope();
        NoGradGuard frozen = new NoGradGuard()) {
      target.copy_(source);
    }
  }

  private static long count(INDArray values) {
    return values.isEmpty() ? 0 : values.length();
  }

  private <T> T open(T held) {
    if (closed) {
      throw new IllegalStateException("the network " + architecture.name() + " was closed");
    }
    return held;
  }

  private void closeVelocity() {
    velocity.ifPresent(Tensor::close);
    velocity = Optional.empty();
  }

  @Override
  public void close() {
    closeVelocity();
    if (!closed) {
      closed = true;
      try (NativeScope scope = new NativeScope()) {
        leaves.forEach(Tensor::close);
        runningViews.forEach(Tensor::close);
        statistics.close();
        weights.close();
      }
    }
  }
}
