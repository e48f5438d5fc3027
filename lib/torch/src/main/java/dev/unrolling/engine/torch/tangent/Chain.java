package dev.unrolling.engine.torch.tangent;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Passes one after the other.
 *
 * @param passes in the order of the layers
 */
record Chain(List<Pass> passes) implements Pass {

  @Override
  public Tensor forward(Tensor x, Kept kept) {
    Tensor out = x;
    for (Pass pass : passes) {
      out = pass.forward(out, kept);
    }
    return out;
  }

  @Override
  public Tensor backward(Tensor slope, Kept kept) {
    Tensor out = slope;
    for (int i = passes.size() - 1; i >= 0; i--) {
      out = passes.get(i).backward(out, kept);
    }
    return out;
  }

  @Override
  public Tensor forwardAlong(Tensor x) {
    Tensor out = x;
    for (Pass pass : passes) {
      out = pass.forwardAlong(out);
    }
    return out;
  }

  @Override
  public Tensor backwardAlong(Tensor slope) {
    Tensor out = slope;
    for (int i = passes.size() - 1; i >= 0; i--) {
      out = passes.get(i).backwardAlong(out);
    }
    return out;
  }

  /**
   * The sum of two chains from one input.
   *
   * @param body the one
   * @param shortcut the other
   */
  record Sum(Chain body, Chain shortcut) implements Pass {

    @Override
    public Tensor forward(Tensor x, Kept kept) {
      return body.forward(x, kept).add(shortcut.forward(x, kept));
    }

    @Override
    public Tensor backward(Tensor slope, Kept kept) {
      return body.backward(slope, kept).add(shortcut.backward(slope, kept));
    }

    @Override
    public Tensor forwardAlong(Tensor x) {
      return body.forwardAlong(x).add(shortcut.forwardAlong(x));
    }

    @Override
    public Tensor backwardAlong(Tensor slope) {
      return body.backwardAlong(slope).add(shortcut.backwardAlong(slope));
    }
  }
}
