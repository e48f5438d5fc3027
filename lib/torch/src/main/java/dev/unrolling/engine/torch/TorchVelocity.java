package dev.unrolling.engine.torch;

import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The running sum of momentum of one network; there is none before its first step with momentum.
 */
final class TorchVelocity implements AutoCloseable {

  private final TorchEngine engine;
  private Optional<Tensor> sum = Optional.empty();

  TorchVelocity(TorchEngine engine) {
    this.engine = engine;
  }

  /**
   * Takes a gradient into the sum.
   *
   * @return what the weights move along: the sum, or without momentum the gradient
   */
  Tensor carry(Tensor gradient, double momentum) {
    if (momentum == 0) {
      return gradient;
    }
    if (sum.isEmpty()) {
      sum = Optional.of(TorchEngine.copy(gradient));
    } else {
      sum.get().mul_(new Scalar(momentum)).add_(gradient);
    }
    return sum.get();
  }

  /** A second one with the same sum. */
  TorchVelocity copy() {
    TorchVelocity twin = new TorchVelocity(engine);
    twin.sum = sum.map(TorchEngine::copy);
    return twin;
  }

  /** The sum in host memory; empty if there is none. */
  INDArray toArray() {
    return sum.map(v -> engine.array(v, v.numel()))
        .orElseGet(() -> Nd4j.empty(engine.precision().dataType()));
  }

  /** Takes a sum that {@link #toArray} gave. */
  void restore(INDArray values) {
    close();
    sum = values.isEmpty() ? Optional.empty() : Optional.of(engine.tensor(values));
  }

  @Override
  public void close() {
    sum.ifPresent(Tensor::close);
    sum = Optional.empty();
  }
}
