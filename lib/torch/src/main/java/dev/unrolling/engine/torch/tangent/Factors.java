package dev.unrolling.engine.torch.tangent;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/** What a convolution multiplies by and adds, and what that is made of. */
interface Factors {

  Tensor weight();

  TensorOptional bias();

  /** The derivative of {@link #weight} along the direction. */
  Tensor weightAlong();

  /** The derivative of {@link #bias} along the direction. */
  TensorOptional biasAlong();

  /** Whether there is a bias. */
  boolean hasBias();

  /** Whether they are made of other weights, which makes {@link #take} a part of the product. */
  boolean isComposed();

  /** Takes the loss's gradients by them. */
  void take(Tensor byWeight, Tensor byBias);

  /** Takes the derivatives of these along the direction, and leaves the products of the weights. */
  void setProducts(Tensor byWeight, Tensor byBias);

  /**
   * A layer's own.
   *
   * @param kernel its weight
   * @param shift its bias, or empty
   */
  record Plain(Weight kernel, java.util.Optional<Weight> shift) implements Factors {

    @Override
    public Tensor weight() {
      return kernel.value();
    }

    @Override
    public TensorOptional bias() {
      return shift.map(s -> new TensorOptional(s.value())).orElseGet(TensorOptional::new);
    }

    @Override
    public Tensor weightAlong() {
      return kernel.along();
    }

    @Override
    public TensorOptional biasAlong() {
      return shift.map(s -> new TensorOptional(s.along())).orElseGet(TensorOptional::new);
    }

    @Override
    public boolean hasBias() {
      return shift.isPresent();
    }

    @Override
    public boolean isComposed() {
      return false;
    }

    @Override
    public void take(Tensor byWeight, Tensor byBias) {
      throw new IllegalStateException("the gradient by a plain weight is no part of a product");
    }

    @Override
    public void setProducts(Tensor byWeight, Tensor byBias) {
      kernel.setProduct(byWeight);
      shift.ifPresent(s -> s.setProduct(byBias));
    }
  }
}
