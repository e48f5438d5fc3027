package dev.unrolling.engine.torch;

import dev.unrolling.model.Layer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One forward pass through a chain of layers, taking weights and running statistics in the order of
 * their layouts.
 */
final class TorchForward {

  /** What batch norm reads and writes. */
  enum Statistics {
    /** Normalise by the batch and move the running statistics. */
    BATCH_AND_UPDATE,
    /** Normalise by the batch, touch nothing. */
    BATCH,
    /** Normalise by the running statistics. */
    RUNNING
  }

  /** Channels that oneDNN handles together at most, of 32 bits on AVX-512. */
  private static final int WIDEST_BLOCK = 16;

  private final Statistics statistics;
  private final boolean narrow;
  private final boolean twice;
  private final Iterator<Tensor> weights;
  private final Iterator<Tensor> running;

  private TorchForward(
      Statistics statistics,
      boolean narrow,
      boolean twice,
      List<Tensor> weights,
      List<Tensor> running) {
    this.statistics = statistics;
    this.narrow = narrow;
    this.twice = twice;
    this.weights = weights.iterator();
    this.running = running.iterator();
  }

  /**
   * @param input {@code (batch, ...)} in the architecture's input shape
   * @param narrow whether the factors of convolutions and products are bfloat16; the input then is
   * @return logits {@code (batch, classes)}
   */
  static Tensor logits(
      List<Layer> layers,
      Tensor input,
      List<Tensor> weights,
      List<Tensor> running,
      Statistics statistics,
      boolean narrow) {
    return new TorchForward(statistics, narrow, false, weights, running).chain(layers, input);
  }

  /**
   * The same values of operations whose second derivative is cheap, which that of LibTorch's own
   * batch norm is not: by running statistics a norm is a part of the convolution before it, by the
   * batch's it is composed of plain operations. None are moved.
   */
  static Tensor twiceDifferentiable(
      List<Layer> layers,
      Tensor input,
      List<Tensor> weights,
      List<Tensor> running,
      Statistics statistics) {
    return new TorchForward(statistics, false, true, weights, running).chain(layers, input);
  }

  /** A tensor as bfloat16; its derivative comes back in its own format. */
  static Tensor narrow(Tensor tensor) {
    return tensor.to(ScalarType.BFloat16);
  }

  private Tensor nextFactor() {
    return narrow ? narrow(weights.next()) : weights.next();
  }

  private TensorOptional nextBias(boolean isThere) {
    return isThere ? new TensorOptional(nextFactor()) : new TensorOptional();
  }

  private Tensor chain(List<Layer> layers, Tensor input) {
    Tensor x = input;
    for (int i = 0; i < layers.size(); i++) {
      boolean normed = i + 1 < layers.size() && layers.get(i + 1) instanceof Layer.BatchNorm;
      if (twice
          && normed
          && statistics == Statistics.RUNNING
          && layers.get(i) instanceof Layer.Convolution c) {
        x = normedConvolution(c, x);
        i++;
      } else {
        x = apply(layers.get(i), x);
      }
    }
    return x;
  }

  // Java 17 has no pattern switch; the sealed interface still keeps this list complete by a test.
  private Tensor apply(Layer layer, Tensor x) {
    if (layer instanceof Layer.Convolution c) {
      return convolution(c, x);
    }
    if (layer instanceof Layer.BatchNorm) {
      return batchNorm(x);
    }
    if (layer instanceof Layer.Dense d) {
      return torch.linear(x, nextFactor(), nextBias(d.bias()));
    }
    if (layer instanceof Layer.Relu) {
      return torch.relu(x);
    }
    if (layer instanceof Layer.Tanh) {
      return torch.tanh(x);
    }
    if (layer instanceof Layer.MaxPool m) {
      return torch.max_pool2d(x, pair(m.kernel()), pair(m.kernel()), pair(0), pair(1), false);
    }
    if (layer instanceof Layer.AveragePool a) {
      return torch.avg_pool2d(x, pair(a.kernel()));
    }
    if (layer instanceof Layer.Flatten) {
      return torch.flatten(x, 1, -1);
    }
    if (layer instanceof Layer.Residual r) {
      Tensor body = chain(r.body(), x);
      return body.add(chain(r.shortcut(), x));
    }
    if (layer instanceof Layer.UserModel f) {
      throw new IllegalArgumentException(
          "this network is in the words of engine " + f.engine() + ", which alone can build it");
    }
    throw new IllegalStateException("layer without a forward pass: " + layer);
  }

  private Tensor convolution(Layer.Convolution c, Tensor x) {
    return convolution(c, x, nextFactor(), nextBias(c.bias()));
  }

  /** A convolution and the batch norm of its output by running statistics, as one convolution. */
  private Tensor normedConvolution(Layer.Convolution c, Tensor x) {
    Tensor weight = weights.next();
    Tensor bias = c.bias() ? weights.next() : null;
    Tensor scale = weights.next();
    Tensor shift = weights.next();
    Tensor mean = running.next();
    Tensor factor = factor(running.next(), scale);
    Tensor centre = bias == null ? mean.neg() : bias.sub(mean);
    return convolution(
        c,
        x,
        weight.mul(factor.view(-1, 1, 1, 1)),
        new TensorOptional(torch.addcmul(shift, centre, factor)));
  }

  private static Tensor factor(Tensor variance, Tensor scale) {
    return torch.rsqrt(variance.add(new Scalar(Layer.BatchNorm.EPSILON))).mul(scale);
  }

  /**
   * A 1 x 1 convolution of stride s is one of stride 1 on every s-th pixel, and is computed as that
   * where oneDNN's own way is not safe (issue 6035 of oneDNN): backward by the weights of a
   * channels-last input of fewer channels than a block, 8 or 16 by the processor, it writes past
   * its workspace unless the batch is a multiple of the threads. Forward and backward have the same
   * bits; a Hessian product is rounded otherwise. Float64 is not oneDNN's.
   */
  private Tensor convolution(Layer.Convolution c, Tensor x, Tensor weight, TensorOptional bias) {
    boolean picks =
        c.kernel() == 1
            && c.stride() > 1
            && c.padding() == 0
            && c.in() < WIDEST_BLOCK
            && x.scalar_type() != ScalarType.Double
            && x.is_cpu();
    Tensor input = picks ? everyPixel(c.stride(), x) : x;
    long stride = picks ? 1 : c.stride();
    return torch.conv2d(input, weight, bias, pair(stride), pair(c.padding()), pair(1), 1);
  }

  private static Tensor everyPixel(long step, Tensor x) {
    LongOptional all = new LongOptional();
    return x.slice(2, all, all, step).slice(3, all, all, step);
  }

  private Tensor batchNorm(Tensor x) {
    Tensor scale = weights.next();
    Tensor shift = weights.next();
    Tensor runningMean = running.next();
    Tensor runningVariance = running.next();
    if (twice) {
      return normalised(x, scale, shift, runningMean, runningVariance);
    }
    TensorOptional weight = new TensorOptional(scale);
    TensorOptional bias = new TensorOptional(shift);
    TensorOptional mean = new TensorOptional(runningMean);
    TensorOptional variance = new TensorOptional(runningVariance);
    if (statistics == Statistics.BATCH) {
      // Without running statistics there are none to move.
      mean = new TensorOptional();
      variance = new TensorOptional();
    }
    return torch.batch_norm(
        x,
        weight,
        bias,
        mean,
        variance,
        statistics != Statistics.RUNNING,
        Layer.BatchNorm.MOMENTUM,
        Layer.BatchNorm.EPSILON,
        true);
  }

  /** Batch norm of each channel, the second dimension, in elementary operations. */
  private Tensor normalised(
      Tensor x, Tensor scale, Tensor shift, Tensor runningMean, Tensor runningVariance) {
    long[] perChannel = new long[(int) x.dim()];
    Arrays.fill(perChannel, 1);
    perChannel[1] = -1;
    Tensor mean = runningMean;
    Tensor variance = runningVariance;
    if (statistics != Statistics.RUNNING) {
      long[] others = LongStream.range(0, x.dim()).filter(i -> i != 1).toArray();
      T_TensorTensor_T moments = torch.var_mean(x, others, false, true);
      variance = moments.get0();
      mean = moments.get1();
    }
    Tensor factor = factor(variance.view(perChannel), scale.view(perChannel));
    return torch.addcmul(shift.view(perChannel), x.sub(mean.view(perChannel)), factor);
  }

  private static long[] pair(long value) {
    return new long[] {value, value};
  }
}
