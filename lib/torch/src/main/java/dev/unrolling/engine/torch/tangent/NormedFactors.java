package dev.unrolling.engine.torch.tangent;

import dev.unrolling.model.Layer;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A convolution and the batch norm of its output by running statistics as one convolution: with f =
 * scale / deviation, of the weight f times the kernel and the bias shift + f (bias - mean).
 */
final class NormedFactors implements Factors {

  private static final long[] ALL_BUT_THE_FIRST = {1, 2, 3};

  private final Weight kernel;
  private final Optional<Weight> shiftBefore;
  private final Weight scale;
  private final Weight shift;

  /** 1 / deviation, f, bias - mean, and the two that the convolution takes. */
  private final Tensor inverse;

  private final Tensor factor;
  private final Tensor centre;
  private final Tensor weight;
  private final Tensor bias;
  private Tensor weightSlope;
  private Tensor biasSlope;
  private Tensor factorAlong;

  NormedFactors(
      Weight kernel,
      Optional<Weight> shiftBefore,
      Weight scale,
      Weight shift,
      Tensor mean,
      Tensor variance,
      Kept kept) {
    this.kernel = kernel;
    this.shiftBefore = shiftBefore;
    this.scale = scale;
    this.shift = shift;
    this.inverse = kept.keep(torch.rsqrt(variance.add(new Scalar(Layer.BatchNorm.EPSILON))));
    this.factor = kept.keep(inverse.mul(scale.value()));
    this.centre = kept.keep(shiftBefore.map(s -> s.value().sub(mean)).orElseGet(mean::neg));
    this.weight = kept.keep(kernel.value().mul(perOutput(factor)));
    this.bias = kept.keep(torch.addcmul(shift.value(), centre, factor));
  }

  private static Tensor perOutput(Tensor one) {
    return one.view(-1, 1, 1, 1);
  }

  private static Tensor sum(Tensor perKernel) {
    return perKernel.sum(ALL_BUT_THE_FIRST);
  }

  @Override
  public Tensor weight() {
    return weight;
  }

  @Override
  public TensorOptional bias() {
    return new TensorOptional(bias);
  }

  @Override
  public boolean hasBias() {
    return true;
  }

  @Override
  public boolean isComposed() {
    return true;
  }

  @Override
  public void take(Tensor byWeight, Tensor byBias) {
    weightSlope = byWeight;
    biasSlope = byBias;
  }

  /** Called before {@link #biasAlong}. */
  @Override
  public Tensor weightAlong() {
    factorAlong = inverse.mul(scale.along());
    return torch.addcmul(
        kernel.along().mul(perOutput(factor)), kernel.value(), perOutput(factorAlong));
  }

  @Override
  public TensorOptional biasAlong() {
    Tensor along = torch.addcmul(shift.along(), centre, factorAlong);
    shiftBefore.ifPresent(s -> along.addcmul_(s.along(), factor));
    return new TensorOptional(along);
  }

  @Override
  public void setProducts(Tensor byWeight, Tensor byBias) {
    Tensor byFactor =
        sum(byWeight.mul(kernel.value()))
            .add_(sum(weightSlope.mul(kernel.along())))
            .addcmul_(byBias, centre);
    shiftBefore.ifPresent(
        s -> {
          byFactor.addcmul_(biasSlope, s.along());
          s.setProduct(torch.addcmul(byBias.mul(factor), biasSlope, factorAlong));
        });
    kernel.setProduct(
        torch.addcmul(byWeight.mul(perOutput(factor)), weightSlope, perOutput(factorAlong)));
    scale.setProduct(byFactor.mul_(inverse));
    shift.setProduct(byBias);
  }
}
