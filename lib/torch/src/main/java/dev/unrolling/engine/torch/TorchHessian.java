package dev.unrolling.engine.torch;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.model.ParameterLayout;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The Hessian as the derivative of a gradient whose graph is kept: H v is the gradient's
 * vector-Jacobian product with v, since H is symmetric. One forward and one backward pass serve all
 * products. A product after the weights were moved is refused.
 */
final class TorchHessian implements LinearOperator {

  private final TorchEngine engine;
  private final ParameterLayout layout;
  private final TorchState tensors;
  private final Tensor[] gradient;
  private final double weightDecay;
  private boolean closed;

  /** Takes over gradients, one a leaf, that were kept by {@link TorchEngine#keep}. */
  TorchHessian(
      TorchEngine engine,
      ParameterLayout layout,
      TorchState tensors,
      Tensor[] gradient,
      double weightDecay) {
    this.engine = engine;
    this.layout = layout;
    this.tensors = tensors;
    this.gradient = gradient;
    this.weightDecay = weightDecay;
  }

  @Override
  public ParameterVector apply(ParameterVector vector) {
    if (closed) {
      throw new IllegalStateException("the Hessian was closed");
    }
    Tensor v = TorchVector.compatible(vector, engine, size());
    try (NativeScope scope = new NativeScope()) {
      // A gradient that no longer depends on any weight has no graph, and a zero derivative.
      List<Integer> live =
          java.util.stream.IntStream.range(0, gradient.length)
              .filter(i -> gradient[i].requires_grad())
              .boxed()
              .toList();
      Tensor product = live.isEmpty() ? torch.zeros_like(v) : product(v, live);
      try (NoGradGuard frozen = new NoGradGuard()) {
        if (weightDecay > 0) {
          product.add_(v, new Scalar(weightDecay));
        }
      }
      return new TorchVector(engine, TorchEngine.keep(product));
    }
  }

  private Tensor product(Tensor v, List<Integer> live) {
    List<Tensor> leaves = tensors.leaves();
    Tensor[] outputs = live.stream().map(i -> gradient[i]).toArray(Tensor[]::new);
    Tensor[] directions =
        live.stream()
            .map(
                i -> {
                  ParameterLayout.Entry entry = layout.entries().get(i);
                  long[] shape = entry.shape().stream().mapToLong(n -> n).toArray();
                  return v.narrow(0, entry.offset(), entry.size()).view(shape);
                })
            .toArray(Tensor[]::new);
    Tensor[] rows =
        TorchNatives.shortened(
            () ->
                torch
                    .grad(
                        new TensorVector(outputs),
                        new TensorVector(leaves.toArray(Tensor[]::new)),
                        new TensorVector(directions),
                        new BoolOptional(true),
                        false,
                        true)
                    .get());
    for (int i = 0; i < rows.length; i++) {
      rows[i] =
          rows[i].defined() ? rows[i].reshape(-1) : torch.zeros_like(leaves.get(i)).reshape(-1);
    }
    return torch.cat(new TensorVector(rows)).detach();
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
  public void close() {
    closed = true;
    Arrays.stream(gradient).forEach(Tensor::close);
  }
}
