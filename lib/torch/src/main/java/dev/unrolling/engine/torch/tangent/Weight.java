package dev.unrolling.engine.torch.tangent;

import org.bytedeco.pytorch.Tensor;

/** One tensor of weights, a direction of it, and its part of the product with that direction. */
final class Weight {

  private final Tensor value;
  private Tensor along;
  private Tensor product;

  Weight(Tensor value) {
    this.value = value;
  }

  Tensor value() {
    return value;
  }

  /** The direction's part, of the shape of the value. */
  Tensor along() {
    return along;
  }

  void setAlong(Tensor direction) {
    along = direction;
  }

  Tensor product() {
    return product;
  }

  void setProduct(Tensor found) {
    product = found;
  }
}
