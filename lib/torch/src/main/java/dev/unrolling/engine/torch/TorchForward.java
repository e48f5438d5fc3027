package dev.unrolling.engine.torch;

import dev.unrolling.engine.torch.tangent.Convolutions;
import dev.unrolling.model.Layer;
import java.util.Iterator;
import java.util.List;
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

  private final Statistics statistics;
  private final boolean narrow;
  private final Iterator<Tensor> weights;
  private final Iterator<Tensor> running;

  private TorchForward(
      Statistics statistics, boolean narrow, List<Tensor> weights, List<Tensor> running) {
    this.statistics = statistics;
    this.narrow = narrow;
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
    return new TorchForward(statistics, narrow, weights, running).chain(layers, input);
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
    for (Layer layer : layers) {
      x = apply(layer, x);
    }
    return x;
  }

  // Java 17 has no pattern switch.
  private Tensor apply(Layer layer, Tensor x) {
    if (layer instanceof Layer.Convolution c) {
      return Convolutions.of(c, x, nextFactor(), nextBias(c.bias()));
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

  private Tensor batchNorm(Tensor x) {
    Tensor scale = weights.next();
    Tensor shift = weights.next();
    Tensor runningMean = running.next();
    Tensor runningVariance = running.next();
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

  private static long[] pair(long value) {
    return new long[] {value, value};
  }
}
