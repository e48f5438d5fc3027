package dev.unrolling.engine.torch;

import dev.unrolling.model.Architecture;
import dev.unrolling.model.ParameterLayout;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * The flat tensors of a network, and each layer's views of them. None can be had once they are
 * closed: LibTorch would read freed memory.
 */
final class TorchTensors implements AutoCloseable {

  private final String network;
  private final Tensor weights;
  private final List<Tensor> leaves;
  private final Tensor statistics;
  private final List<Tensor> runningViews;
  private boolean closed;

  /** Takes over tensors that were kept by {@link TorchEngine#keep}. */
  TorchTensors(Architecture architecture, Tensor weights, Tensor statistics) {
    this.network = architecture.name();
    this.weights = weights;
    this.leaves = views(weights, architecture.parameters(), true);
    this.statistics = statistics;
    this.runningViews = views(statistics, architecture.runningStatistics(), false);
  }

  private static List<Tensor> views(Tensor flat, ParameterLayout layout, boolean leaf) {
    List<Tensor> views = new ArrayList<>();
    try (PointerScope scope = new PointerScope()) {
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

  /** All running statistics, rank 1. */
  Tensor statistics() {
    return open(statistics);
  }

  /** Each norm's running statistics, in the order of their layout. */
  List<Tensor> runningViews() {
    return open(runningViews);
  }

  private <T> T open(T held) {
    if (closed) {
      throw new IllegalStateException("the network " + network + " was closed");
    }
    return held;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      leaves.forEach(Tensor::close);
      runningViews.forEach(Tensor::close);
      statistics.close();
      weights.close();
    }
  }
}
