package dev.unrolling.engine.torch;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.model.ParameterLayout;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The Hessian of an objective at the weights that a network has. A product after they were moved is
 * refused.
 */
abstract class TorchHessian implements LinearOperator {

  final TorchTensors tensors;
  private final TorchEngine engine;
  private final ParameterLayout layout;
  private final double weightDecay;
  private boolean closed;

  TorchHessian(
      TorchEngine engine, ParameterLayout layout, TorchTensors tensors, double weightDecay) {
    this.engine = engine;
    this.layout = layout;
    this.tensors = tensors;
    this.weightDecay = weightDecay;
  }

  @Override
  public final ParameterVector apply(ParameterVector vector) {
    if (closed) {
      throw new IllegalStateException("the Hessian was closed");
    }
    Tensor v = TorchVector.compatible(vector, engine, size());
    try (PointerScope scope = new PointerScope()) {
      Tensor[] directions =
          layout.entries().stream()
              .map(
                  entry ->
                      v.narrow(0, entry.offset(), entry.size())
                          .view(entry.shape().stream().mapToLong(n -> n).toArray()))
              .toArray(Tensor[]::new);
      Tensor product =
          flat(NativeErrors.shortened(() -> product(tensors.leaves(), directions))).detach();
      try (NoGradGuard frozen = new NoGradGuard()) {
        if (weightDecay > 0) {
          product.add_(v, new Scalar(weightDecay));
        }
      }
      return new TorchVector(engine, TorchEngine.keep(product));
    }
  }

  /**
   * The product of the data part's Hessian.
   *
   * @param leaves of the derivative
   * @param directions of the leaves' shapes
   * @return a tensor a leaf, in the scope at hand
   */
  abstract Tensor[] product(List<Tensor> leaves, Tensor[] directions);

  /** One tensor of rank 1, in the order of the layout. */
  static Tensor flat(Tensor[] gradient) {
    Tensor[] rows = Arrays.stream(gradient).map(g -> g.reshape(-1)).toArray(Tensor[]::new);
    return torch.cat(new TensorVector(rows));
  }

  @Override
  public final ParameterVector vector(double[] values) {
    if (values.length != size()) {
      throw new IllegalArgumentException(
          "the space has " + size() + " dimensions, not " + values.length);
    }
    return new TorchVector(engine, engine.tensor(values, values.length));
  }

  @Override
  public final long size() {
    return layout.size();
  }

  @Override
  public void close() {
    closed = true;
  }
}
