package dev.unrolling.engine.torch.tangent;

import dev.unrolling.model.Layer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A network at one point and one batch, ready for Hessian products: the forward and the backward
 * pass that a product differentiates are taken once. (Pearlmutter, Fast exact multiplication by the
 * Hessian, Neural Computation 6, 1994.) Autograd's second derivative of the same network takes up
 * to .6 longer, where batch norms go by the batch's statistics. In the order of the methods; for
 * each further product the last two again.
 */
public final class Linearization implements AutoCloseable {

  private final Kept kept = new Kept();
  private final List<Weight> weights = new ArrayList<>();
  private final Iterator<Tensor> values;
  private final Iterator<Tensor> running;
  private final boolean byBatch;
  private final Chain network;
  private boolean atInput = true;
  private Tensor input;

  /**
   * @param layers of the network
   * @param values its weights, in their order; they are not copied
   * @param running its running statistics, in their order
   * @param byBatch whether batch norm goes by the batch's statistics
   * @throws IllegalArgumentException if a layer is another engine's
   */
  public Linearization(
      List<Layer> layers, List<Tensor> values, List<Tensor> running, boolean byBatch) {
    this.values = values.iterator();
    this.running = running.iterator();
    this.byBatch = byBatch;
    this.network = chain(layers);
  }

  /** The logits of a batch. */
  public Tensor logits(Tensor batch) {
    input = kept.keep(batch);
    return network.forward(input, kept);
  }

  /** Takes the loss's gradient by the logits back through the network. */
  public void back(Tensor slope) {
    network.backward(slope, kept);
  }

  /**
   * The derivative of the logits along a direction.
   *
   * @param direction of each weight, in their order and shapes
   */
  public Tensor logitsAlong(List<Tensor> direction) {
    for (int i = 0; i < weights.size(); i++) {
      weights.get(i).setAlong(direction.get(i));
    }
    return network.forwardAlong(torch.zeros_like(input));
  }

  /**
   * The product of the Hessian with the direction, one tensor for each weight.
   *
   * @param slope derivative along the direction of the loss's gradient by the logits
   */
  public List<Tensor> product(Tensor slope) {
    network.backwardAlong(slope);
    return weights.stream().map(Weight::product).toList();
  }

  @Override
  public void close() {
    kept.close();
  }

  private Chain chain(List<Layer> layers) {
    List<Pass> passes = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      boolean isNormed =
          i + 1 < layers.size() && !byBatch && layers.get(i + 1) instanceof Layer.BatchNorm;
      if (isNormed && layers.get(i) instanceof Layer.Convolution c) {
        passes.add(normed(c));
        i++;
      } else {
        passes.add(pass(layers.get(i)));
      }
    }
    return new Chain(passes);
  }

  // Java 17 has no pattern switch.
  private Pass pass(Layer layer) {
    boolean isFirst = atInput;
    atInput = false;
    if (layer instanceof Layer.Convolution c) {
      return new ConvolutionPass(c, new Factors.Plain(next(), next(c.bias())), isFirst);
    }
    if (layer instanceof Layer.BatchNorm) {
      return new BatchNormPass(next(), next(), running.next(), running.next(), byBatch);
    }
    if (layer instanceof Layer.Dense d) {
      return new DensePass(next(), next(d.bias()));
    }
    if (layer instanceof Layer.Relu) {
      return new Weightless.Relu();
    }
    if (layer instanceof Layer.Tanh) {
      return new Weightless.Tanh();
    }
    if (layer instanceof Layer.MaxPool m) {
      return new Weightless.MaxPool(m.kernel());
    }
    if (layer instanceof Layer.AveragePool a) {
      return new Weightless.AveragePool(a.kernel());
    }
    if (layer instanceof Layer.Flatten) {
      return new Weightless.Flatten();
    }
    if (layer instanceof Layer.Residual r) {
      return new Chain.Sum(chain(r.body()), chain(r.shortcut()));
    }
    if (layer instanceof Layer.UserModel f) {
      throw new IllegalArgumentException(
          "this network is in the words of engine " + f.engine() + ", which alone can build it");
    }
    throw new IllegalStateException("layer without a derivative: " + layer);
  }

  private Pass normed(Layer.Convolution c) {
    boolean isFirst = atInput;
    atInput = false;
    Weight kernel = next();
    Optional<Weight> bias = next(c.bias());
    return new ConvolutionPass(
        c,
        new NormedFactors(kernel, bias, next(), next(), running.next(), running.next(), kept),
        isFirst);
  }

  private Weight next() {
    Weight weight = new Weight(values.next());
    weights.add(weight);
    return weight;
  }

  private Optional<Weight> next(boolean isThere) {
    return isThere ? Optional.of(next()) : Optional.empty();
  }
}
