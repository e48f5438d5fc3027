package dev.unrolling.engine.torch.tangent;

import dev.unrolling.model.Layer;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/** A convolution, of the network's input or of a layer's output, with factors of its own. */
final class ConvolutionPass implements Pass {

  private final Layer.Convolution layer;
  private final Factors factors;

  /** Whether the input depends on no weight: then no gradient by it is asked for. */
  private final boolean isFirst;

  private Tensor picked;
  private long[] shape;
  private Tensor slope;
  private Tensor pickedAlong;
  private Tensor weightAlong;

  ConvolutionPass(Layer.Convolution layer, Factors factors, boolean isFirst) {
    this.layer = layer;
    this.factors = factors;
    this.isFirst = isFirst;
  }

  @Override
  public Tensor forward(Tensor x, Kept kept) {
    shape = x.sizes().vec().get();
    picked = kept.keep(Convolutions.picked(layer, x));
    return Convolutions.ofPicked(layer, picked, factors.weight(), factors.bias());
  }

  @Override
  public Tensor backward(Tensor slope, Kept kept) {
    this.slope = kept.keep(slope);
    boolean composed = factors.isComposed();
    if (isFirst && !composed) {
      return slope;
    }
    T_TensorTensorTensor_T by =
        Convolutions.backward(layer, slope, picked, factors.weight(), !isFirst, composed, composed);
    if (composed) {
      factors.take(kept.keep(by.get1()), kept.keep(by.get2()));
    }
    return isFirst ? slope : Convolutions.placed(layer, by.get0(), shape);
  }

  @Override
  public Tensor forwardAlong(Tensor x) {
    weightAlong = factors.weightAlong();
    Tensor out = Convolutions.ofPicked(layer, picked, weightAlong, factors.biasAlong());
    if (isFirst) {
      return out;
    }
    pickedAlong = Convolutions.picked(layer, x);
    return out.add_(
        Convolutions.ofPicked(layer, pickedAlong, factors.weight(), new TensorOptional()));
  }

  @Override
  public Tensor backwardAlong(Tensor slopeAlong) {
    T_TensorTensorTensor_T by =
        Convolutions.backward(
            layer, slopeAlong, picked, factors.weight(), !isFirst, true, factors.hasBias());
    Tensor bySlope = by.get1();
    if (isFirst) {
      factors.setProducts(bySlope, by.get2());
      return slopeAlong;
    }
    T_TensorTensorTensor_T byInput =
        Convolutions.backward(layer, slope, pickedAlong, weightAlong, true, true, false);
    factors.setProducts(bySlope.add_(byInput.get1()), by.get2());
    return Convolutions.placed(layer, by.get0().add_(byInput.get0()), shape);
  }
}
