package dev.unrolling.engine.torch.tangent;

import dev.unrolling.model.Layer;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Batch norm of each channel, \( y = w \hat x + b \) with \( \hat x = s (x - \mu) \). The
 * derivative of \( \hat x \) along u is \( P(u) = s (u - m(u) - \hat x \, m(\hat x u)) \), m the
 * mean over a channel, and s u by running statistics; P is symmetric, so that it takes gradients
 * back as well, which makes LibTorch's backward pass of a batch norm serve both.
 */
final class BatchNormPass implements Pass {

  private final Weight scale;
  private final Weight shift;
  private final Tensor runningMean;
  private final Tensor runningVariance;
  private final boolean byBatch;

  private Tensor x;

  /** In place of the scale: on a GPU LibTorch's backward pass takes no norm without one. */
  private Tensor ones;

  private Tensor mean;
  private Tensor variance;
  private Tensor inverse;
  private Tensor slope;

  /** P of the slope, and m of x-hat times the slope. */
  private Tensor projected;

  private Tensor slopeMean;

  /** P of the input's derivative, and m of x-hat times that. */
  private Tensor moved;

  private Tensor movedMean;

  BatchNormPass(
      Weight scale, Weight shift, Tensor runningMean, Tensor runningVariance, boolean byBatch) {
    this.scale = scale;
    this.shift = shift;
    this.runningMean = runningMean;
    this.runningVariance = runningVariance;
    this.byBatch = byBatch;
  }

  private TensorOptional running(Tensor statistic) {
    return byBatch ? new TensorOptional() : new TensorOptional(statistic);
  }

  private Tensor perChannel(Tensor one) {
    long[] shape = new long[(int) x.dim()];
    Arrays.fill(shape, 1);
    shape[1] = -1;
    return one.view(shape);
  }

  private Tensor channelMean(Tensor sum) {
    return sum.mul(new Scalar((double) x.size(1) / x.numel()));
  }

  /** P(u), and the sums over each channel of x-hat times u and of u. */
  private T_TensorTensorTensor_T project(Tensor u) {
    return torch.native_batch_norm_backward(
        u,
        x,
        new TensorOptional(ones),
        running(mean),
        running(variance),
        new TensorOptional(mean),
        new TensorOptional(inverse),
        byBatch,
        Layer.BatchNorm.EPSILON,
        Convolutions.mask(true, true, true));
  }

  @Override
  public Tensor forward(Tensor input, Kept kept) {
    x = kept.keep(input);
    T_TensorTensorTensor_T normed =
        torch.native_batch_norm(
            x,
            new TensorOptional(scale.value()),
            new TensorOptional(shift.value()),
            running(runningMean),
            running(runningVariance),
            byBatch,
            Layer.BatchNorm.MOMENTUM,
            Layer.BatchNorm.EPSILON);
    ones = kept.keep(torch.ones_like(scale.value()));
    // Running statistics move when a step begins, the weights, which are watched, when it ends.
    variance = kept.keep(runningVariance.clone());
    mean = kept.keep(byBatch ? normed.get1() : runningMean.clone());
    inverse =
        kept.keep(
            byBatch
                ? normed.get2()
                : torch.rsqrt(variance.add(new Scalar(Layer.BatchNorm.EPSILON))));
    return normed.get0();
  }

  @Override
  public Tensor backward(Tensor slope, Kept kept) {
    this.slope = kept.keep(slope);
    T_TensorTensorTensor_T found = project(slope);
    projected = kept.keep(found.get0());
    if (byBatch) {
      slopeMean = kept.keep(channelMean(found.get1()));
    }
    return projected.mul(perChannel(scale.value()));
  }

  @Override
  public Tensor forwardAlong(Tensor input) {
    T_TensorTensorTensor_T found = project(input);
    moved = found.get0();
    if (byBatch) {
      movedMean = channelMean(found.get1());
    }
    Tensor factor = scale.along().mul(inverse);
    Tensor constant = shift.along().sub(mean.mul(factor));
    return torch
        .addcmul(perChannel(constant), moved, perChannel(scale.value()))
        .addcmul_(x, perChannel(factor));
  }

  @Override
  public Tensor backwardAlong(Tensor slopeAlong) {
    T_TensorTensorTensor_T found = project(slopeAlong);
    long[] others = LongStream.range(0, x.dim()).filter(i -> i != 1).toArray();
    Tensor both = slope.mul(moved).sum(others);
    scale.setProduct(found.get1().add(both));
    shift.setProduct(found.get2());
    Tensor out = found.get0().mul_(perChannel(scale.value()));
    if (!byBatch) {
      return out.addcmul_(projected, perChannel(scale.along()));
    }
    // P moves too: s by -s^2 m(x-hat dx), and x-hat by P(dx).
    Tensor factor = scale.value().mul(inverse);
    Tensor byX = channelMean(both).mul_(factor).mul_(inverse).neg();
    return out.addcmul_(projected, perChannel(scale.along().sub(factor.mul(movedMean))))
        .addcmul_(moved, perChannel(factor.mul(slopeMean).neg()))
        .addcmul_(x, perChannel(byX))
        .sub_(perChannel(byX.mul(mean)));
  }
}
