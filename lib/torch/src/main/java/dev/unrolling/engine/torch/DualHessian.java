package dev.unrolling.engine.torch;

import dev.unrolling.model.ParameterLayout;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The Hessian as the derivative of a gradient along a direction, which the weights carry through
 * both passes (forward over reverse). Each product takes both anew, at three gradients in theory,
 * where a {@link GraphHessian} takes two; but it needs only the convolutions of training, where
 * that one, for the derivative by the weights, convolves with a kernel as large as a picture: a GPU
 * has no fast way for it.
 */
final class DualHessian extends TorchHessian {

  /** The preset has no methods for these, so that they are called by name. */
  private static final OperatorHandle MAKE = operator("aten::_make_dual");

  private static final OperatorHandle UNPACK = operator("aten::_unpack_dual");

  private final Function<List<Tensor>, Tensor> loss;
  private final List<Tensor> held;
  private final long version;

  /**
   * @param loss of weights that may carry a direction, of operations that can be differentiated
   *     twice
   * @param held what the loss needs, kept by {@link TorchEngine#keep}: closed with this
   */
  DualHessian(
      TorchEngine engine,
      ParameterLayout layout,
      TorchTensors tensors,
      double weightDecay,
      Function<List<Tensor>, Tensor> loss,
      List<Tensor> held) {
    super(engine, layout, tensors, weightDecay);
    this.loss = loss;
    this.held = held;
    this.version = tensors.weights()._version();
  }

  @Override
  Tensor[] product(List<Tensor> leaves, Tensor[] directions) {
    if (tensors.weights()._version() != version) {
      throw new IllegalStateException("the weights were moved since this Hessian was taken");
    }
    // LibTorch has one level of dual numbers in a process. What carries a direction and the graph
    // through which it came hold each other, until the level is left.
    synchronized (DualHessian.class) {
      long level = torch.enter_dual_level();
      try {
        Tensor[] duals = new Tensor[directions.length];
        for (int i = 0; i < duals.length; i++) {
          duals[i] = dual(leaves.get(i), directions[i], level);
        }
        Tensor[] gradient =
            torch
                .grad(
                    new TensorVector(loss.apply(List.of(duals))),
                    new TensorVector(duals),
                    new TensorVector(),
                    new BoolOptional(false),
                    false,
                    false)
                .get();
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] = derivative(gradient[i], level);
        }
        return gradient;
      } finally {
        torch.exit_dual_level(level);
      }
    }
  }

  @Override
  public void close() {
    super.close();
    held.forEach(Tensor::close);
  }

  private static Tensor dual(Tensor value, Tensor direction, long level) {
    IValueVector stack =
        new IValueVector(new IValue(value), new IValue(direction), new IValue(level));
    MAKE.callBoxed(stack);
    return stack.back().toTensor();
  }

  private static Tensor derivative(Tensor dual, long level) {
    IValueVector stack = new IValueVector(new IValue(dual), new IValue(level));
    UNPACK.callBoxed(stack);
    Tensor derivative = stack.back().toTensor();
    return derivative.defined() ? derivative.detach() : torch.zeros_like(dual);
  }

  private static OperatorHandle operator(String name) {
    return Dispatcher.singleton().findSchemaOrThrow(name, "").retainReference();
  }
}
