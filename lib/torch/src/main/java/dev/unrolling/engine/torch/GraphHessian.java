package dev.unrolling.engine.torch;

import dev.unrolling.model.ParameterLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The Hessian as the derivative of a gradient whose graph is kept: H v is the gradient's
 * vector-Jacobian product with v, since H is symmetric. One forward and one backward pass serve all
 * products.
 */
final class GraphHessian extends TorchHessian {

  private final Tensor[] gradient;

  /** Takes over gradients, one a leaf, that were kept by {@link TorchEngine#keep}. */
  GraphHessian(
      TorchEngine engine,
      ParameterLayout layout,
      TorchTensors tensors,
      double weightDecay,
      Tensor[] gradient) {
    super(engine, layout, tensors, weightDecay);
    this.gradient = gradient;
  }

  @Override
  Tensor[] product(List<Tensor> leaves, Tensor[] directions) {
    // A gradient that no longer depends on any weight has no graph, and a zero derivative.
    int[] live =
        IntStream.range(0, gradient.length).filter(i -> gradient[i].requires_grad()).toArray();
    if (live.length == 0) {
      return leaves.stream().map(torch::zeros_like).toArray(Tensor[]::new);
    }
    Tensor[] rows =
        torch
            .grad(
                new TensorVector(
                    Arrays.stream(live).mapToObj(i -> gradient[i]).toArray(Tensor[]::new)),
                new TensorVector(leaves.toArray(Tensor[]::new)),
                new TensorVector(
                    Arrays.stream(live).mapToObj(i -> directions[i]).toArray(Tensor[]::new)),
                new BoolOptional(true),
                false,
                true)
            .get();
    for (int i = 0; i < rows.length; i++) {
      rows[i] = rows[i].defined() ? rows[i] : torch.zeros_like(leaves.get(i));
    }
    return rows;
  }

  @Override
  public void close() {
    super.close();
    Arrays.stream(gradient).forEach(Tensor::close);
  }
}
