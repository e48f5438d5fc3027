package dev.unrolling.engine.torch.tangent;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** Layers without weights. */
final class Weightless {

  private static final long[] NO_PADDING = {0, 0};
  private static final long[] ONE = {1, 1};

  private Weightless() {}

  private static long[] pair(long value) {
    return new long[] {value, value};
  }

  /** Piecewise linear: the derivative of a pass is that pass with the choices of the first. */
  private abstract static class Linear implements Pass {

    abstract Tensor back(Tensor slope);

    @Override
    public Tensor backward(Tensor slope, Kept kept) {
      return back(slope);
    }

    @Override
    public Tensor backwardAlong(Tensor slope) {
      return back(slope);
    }
  }

  /** Rectified linear unit. */
  static final class Relu extends Linear {

    private Tensor y;

    @Override
    public Tensor forward(Tensor x, Kept kept) {
      y = kept.keep(torch.relu(x));
      return y;
    }

    @Override
    public Tensor forwardAlong(Tensor x) {
      return back(x);
    }

    @Override
    Tensor back(Tensor slope) {
      return torch.threshold_backward(slope, y, new Scalar(0.0));
    }
  }

  /** Hyperbolic tangent. */
  static final class Tanh implements Pass {

    private Tensor y;
    private Tensor slope;
    private Tensor yAlong;

    @Override
    public Tensor forward(Tensor x, Kept kept) {
      y = kept.keep(torch.tanh(x));
      return y;
    }

    @Override
    public Tensor backward(Tensor slope, Kept kept) {
      this.slope = kept.keep(slope);
      return torch.tanh_backward(slope, y);
    }

    @Override
    public Tensor forwardAlong(Tensor x) {
      yAlong = torch.tanh_backward(x, y);
      return yAlong;
    }

    @Override
    public Tensor backwardAlong(Tensor slopeAlong) {
      return torch.tanh_backward(slopeAlong, y).addcmul_(slope.mul(y), yAlong, new Scalar(-2.0));
    }
  }

  /** Maximum over windows. */
  static final class MaxPool extends Linear {

    private final long[] kernel;
    private Tensor x;
    private Tensor places;

    MaxPool(long kernel) {
      this.kernel = pair(kernel);
    }

    @Override
    public Tensor forward(Tensor input, Kept kept) {
      x = kept.keep(input);
      T_TensorTensor_T found =
          torch.max_pool2d_with_indices(x, kernel, kernel, NO_PADDING, ONE, false);
      places = kept.keep(found.get1());
      return found.get0();
    }

    @Override
    public Tensor forwardAlong(Tensor along) {
      return along.flatten(2, -1).gather(2, places.flatten(2, -1)).view(places.sizes());
    }

    @Override
    Tensor back(Tensor slope) {
      return torch.max_pool2d_with_indices_backward(
          slope, x, kernel, kernel, NO_PADDING, ONE, false, places);
    }
  }

  /** Mean over windows. */
  static final class AveragePool extends Linear {

    private final long[] kernel;
    private Tensor x;

    AveragePool(long kernel) {
      this.kernel = pair(kernel);
    }

    @Override
    public Tensor forward(Tensor input, Kept kept) {
      x = kept.keep(input);
      return torch.avg_pool2d(x, kernel);
    }

    @Override
    public Tensor forwardAlong(Tensor along) {
      return torch.avg_pool2d(along, kernel);
    }

    @Override
    Tensor back(Tensor slope) {
      return torch.avg_pool2d_backward(
          slope, x, kernel, kernel, NO_PADDING, false, true, new LongOptional());
    }
  }

  /** From pictures to rows. */
  static final class Flatten extends Linear {

    private long[] shape;
    private MemoryFormat format;

    @Override
    public Tensor forward(Tensor x, Kept kept) {
      shape = x.sizes().vec().get();
      format = x.suggest_memory_format();
      return torch.flatten(x, 1, -1);
    }

    @Override
    public Tensor forwardAlong(Tensor x) {
      return torch.flatten(x, 1, -1);
    }

    @Override
    Tensor back(Tensor slope) {
      return slope.reshape(shape).contiguous(format);
    }
  }
}
