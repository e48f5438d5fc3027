package dev.unrolling.engine.torch.tangent;

import dev.unrolling.model.Layer;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A convolution of LibTorch's in a form that is safe.
 *
 * <p>A 1 x 1 convolution of stride s is one of stride 1 on every s-th pixel, and is computed as
 * that where oneDNN's own way is not safe (issue 6035 of oneDNN): backward by the weights of a
 * channels-last input of fewer channels than a block, 8 or 16 by the processor, it writes past its
 * workspace unless the batch is a multiple of the threads. Forward and backward have the same bits.
 * Float64 is not oneDNN's.
 */
public final class Convolutions {

  /** Channels that oneDNN handles together at most, of 32 bits on AVX-512. */
  private static final int WIDEST_BLOCK = 16;

  private static final long[] ZERO = {0, 0};
  private static final long[] ONE = {1, 1};

  private Convolutions() {}

  /** The output of a layer. */
  public static Tensor of(Layer.Convolution c, Tensor x, Tensor weight, TensorOptional bias) {
    return ofPicked(c, picked(c, x), weight, bias);
  }

  /** Of what {@link #picked} gave. */
  static Tensor ofPicked(Layer.Convolution c, Tensor picked, Tensor weight, TensorOptional bias) {
    return torch.conv2d(picked, weight, bias, stride(c, picked), padding(c), ONE, 1);
  }

  /** The part of a layer's input that is convolved. */
  static Tensor picked(Layer.Convolution c, Tensor x) {
    return picks(c, x) ? everyPixel(c.stride(), x) : x;
  }

  private static boolean picks(Layer.Convolution c, Tensor x) {
    return c.kernel() == 1
        && c.stride() > 1
        && c.padding() == 0
        && c.in() < WIDEST_BLOCK
        && x.scalar_type() != ScalarType.Double
        && x.is_cpu();
  }

  private static Tensor everyPixel(long step, Tensor x) {
    LongOptional all = new LongOptional();
    return x.slice(2, all, all, step).slice(3, all, all, step);
  }

  /**
   * The gradients by what was picked, the weight and the bias; those that are not asked for are
   * undefined.
   */
  static T_TensorTensorTensor_T backward(
      Layer.Convolution c, Tensor slope, Tensor picked, Tensor weight, boolean... asked) {
    return torch.convolution_backward(
        slope,
        picked,
        weight,
        new long[] {c.out()},
        stride(c, picked),
        padding(c),
        ONE,
        false,
        ZERO,
        1,
        mask(asked));
  }

  /** The gradient by a layer's input, from that by what was picked of it. */
  static Tensor placed(Layer.Convolution c, Tensor slope, long... shape) {
    if (!picks(c, slope)) {
      return slope;
    }
    Tensor whole = slope.new_zeros(shape).contiguous(slope.suggest_memory_format());
    everyPixel(c.stride(), whole).copy_(slope);
    return whole;
  }

  private static long[] stride(Layer.Convolution c, Tensor picked) {
    long stride = picks(c, picked) ? 1 : c.stride();
    return new long[] {stride, stride};
  }

  private static long[] padding(Layer.Convolution c) {
    return new long[] {c.padding(), c.padding()};
  }

  /** Which of its results a native function is asked for. */
  static BoolPointer mask(boolean... asked) {
    BoolPointer mask = new BoolPointer(asked.length);
    for (int i = 0; i < asked.length; i++) {
      mask.put(i, asked[i]);
    }
    return mask;
  }
}
