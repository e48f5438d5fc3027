package dev.unrolling.engine.dl4j;

import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/** The rectifier; DL4J's own takes four times as long for the backward pass. */
final class InPlaceRelu extends ActivationReLU {

  private static final long serialVersionUID = 1;

  @Override
  public Pair<INDArray, INDArray> backprop(INDArray in, INDArray epsilon) {
    // The input is a copy that DL4J made for this.
    Nd4j.exec(new Step(in, in));
    return new Pair<>(in.muli(epsilon), null);
  }
}
