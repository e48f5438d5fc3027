package dev.unrolling.engine.torch.tangent;

import org.bytedeco.pytorch.Tensor;

/**
 * One layer's passes, called in the order of the methods; the last two again for each direction.
 * What a later pass needs of an earlier one is kept by the layer.
 */
interface Pass {

  /**
   * The layer's output.
   *
   * @param x its input
   * @param kept frees what is kept
   */
  Tensor forward(Tensor x, Kept kept);

  /**
   * The loss's gradient by the layer's input.
   *
   * @param slope its gradient by the output
   * @param kept frees what is kept
   */
  Tensor backward(Tensor slope, Kept kept);

  /**
   * The derivative of {@link #forward} along the direction.
   *
   * @param x derivative of the input
   */
  Tensor forwardAlong(Tensor x);

  /**
   * The derivative of {@link #backward} along the direction; leaves the products of the layer's
   * weights with them.
   *
   * @param slope derivative of the gradient by the output
   */
  Tensor backwardAlong(Tensor slope);
}
