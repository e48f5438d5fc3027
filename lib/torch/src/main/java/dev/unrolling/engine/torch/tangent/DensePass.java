package dev.unrolling.engine.torch.tangent;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A fully connected layer. */
final class DensePass implements Pass {

  private final Weight weight;
  private final Optional<Weight> bias;
  private Tensor x;
  private Tensor slope;
  private Tensor xAlong;

  DensePass(Weight weight, Optional<Weight> bias) {
    this.weight = weight;
    this.bias = bias;
  }

  @Override
  public Tensor forward(Tensor input, Kept kept) {
    x = kept.keep(input);
    return torch.linear(
        x,
        weight.value(),
        bias.map(b -> new TensorOptional(b.value())).orElseGet(TensorOptional::new));
  }

  @Override
  public Tensor backward(Tensor slope, Kept kept) {
    this.slope = kept.keep(slope);
    return slope.mm(weight.value());
  }

  @Override
  public Tensor forwardAlong(Tensor input) {
    xAlong = input;
    return torch
        .linear(
            x,
            weight.along(),
            bias.map(b -> new TensorOptional(b.along())).orElseGet(TensorOptional::new))
        .add_(torch.linear(xAlong, weight.value()));
  }

  @Override
  public Tensor backwardAlong(Tensor slopeAlong) {
    weight.setProduct(slopeAlong.t().mm(x).add_(slope.t().mm(xAlong)));
    bias.ifPresent(b -> b.setProduct(slopeAlong.sum(0)));
    return slopeAlong.mm(weight.value()).add_(slope.mm(weight.along()));
  }
}
