package dev.unrolling.engine.torch;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.torch.tangent.Linearization;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.ParameterLayout;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The Hessian of a batch's loss. One forward and one backward pass serve all products, each of
 * which takes the derivative of both along its vector; the loss of the logits is differentiated
 * twice by autograd. A product after the weights were moved is refused. Threads that ask for
 * products with the same one take turns.
 */
final class TorchHessian implements LinearOperator {

  private final TorchEngine engine;
  private final ParameterLayout layout;
  private final TorchState tensors;
  private final Linearization network;

  /** Of the logits, by which the loss's gradient below was taken. */
  private final Tensor logits;

  private final Tensor slope;
  private final double weightDecay;
  private final long version;
  private boolean closed;

  private TorchHessian(
      TorchEngine engine,
      Architecture architecture,
      TorchState tensors,
      Linearization network,
      Tensor logits,
      Tensor slope,
      double weightDecay,
      long version) {
    this.engine = engine;
    this.layout = architecture.parameters();
    this.tensors = tensors;
    this.network = network;
    this.logits = TorchEngine.keep(logits);
    this.slope = TorchEngine.keep(new Tensor(slope));
    this.weightDecay = weightDecay;
    this.version = version;
  }

  /**
   * @param loss of logits, without weight decay
   */
  static TorchHessian of(
      TorchEngine engine,
      Architecture architecture,
      TorchState tensors,
      Tensor input,
      Mode mode,
      UnaryOperator<Tensor> loss,
      double weightDecay) {
    long version = tensors.weights()._version();
    Linearization network;
    try (NoGradGuard frozen = new NoGradGuard()) {
      network =
          new Linearization(
              architecture.layers(),
              tensors.leaves(),
              tensors.runningViews(),
              mode == Mode.TRAINING);
    }
    try {
      Tensor logits;
      try (NoGradGuard frozen = new NoGradGuard()) {
        logits = network.logits(input).detach();
      }
      logits.set_requires_grad(true);
      Tensor slope = TorchNetwork.grad(loss.apply(logits), new TensorVector(logits), true)[0];
      try (NoGradGuard frozen = new NoGradGuard()) {
        network.back(slope.detach());
      }
      return new TorchHessian(
          engine, architecture, tensors, network, logits, slope, weightDecay, version);
    } catch (RuntimeException | Error e) {
      network.close();
      throw e;
    }
  }

  @Override
  public synchronized ParameterVector apply(ParameterVector vector) {
    if (closed) {
      throw new IllegalStateException("the Hessian was closed");
    }
    Tensor v = TorchVector.compatible(vector, engine, size());
    if (tensors.weights()._version() != version) {
      throw new IllegalStateException(
          "the weights were moved since this Hessian was made; make another at the new ones");
    }
    try (NativeScope scope = new NativeScope();
        NoGradGuard frozen = new NoGradGuard()) {
      Tensor product = TorchNatives.shortened(() -> product(v));
      if (weightDecay > 0) {
        product.add_(v, new Scalar(weightDecay));
      }
      return new TorchVector(engine, TorchEngine.keep(product));
    }
  }

  private Tensor product(Tensor v) {
    List<Tensor> direction =
        layout.entries().stream()
            .map(
                entry ->
                    v.narrow(0, entry.offset(), entry.size())
                        .view(entry.shape().stream().mapToLong(n -> n).toArray()))
            .toList();
    Tensor along = network.logitsAlong(direction);
    // The gradient of a loss that is linear in the logits has no derivative.
    Tensor slopeAlong =
        slope.requires_grad()
            ? torch.grad(
                    new TensorVector(slope),
                    new TensorVector(logits),
                    new TensorVector(along),
                    new BoolOptional(true),
                    false,
                    false)
                .get()[0]
            : torch.zeros_like(along);
    Tensor[] rows =
        network.product(slopeAlong).stream().map(p -> p.reshape(-1)).toArray(Tensor[]::new);
    return torch.cat(new TensorVector(rows));
  }

  @Override
  public ParameterVector vector(double[] values) {
    if (values.length != size()) {
      throw new IllegalArgumentException(
          "the space has " + size() + " dimensions, not " + values.length);
    }
    return new TorchVector(engine, engine.tensor(values, values.length));
  }

  @Override
  public long size() {
    return layout.size();
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      try (NativeScope scope = new NativeScope()) {
        network.close();
        logits.close();
        slope.close();
      }
    }
  }
}
