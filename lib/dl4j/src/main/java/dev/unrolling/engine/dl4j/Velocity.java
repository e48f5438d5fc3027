package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.SgdStep;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The running sum of momentum; none before a step with momentum. */
final class Velocity {

  private Optional<INDArray> sum = Optional.empty();

  /** Takes a step of SGD along a gradient, in place. */
  void move(INDArray weights, INDArray gradient, SgdStep step) {
    if (step.momentum() == 0) {
      Dl4jVector.add(weights, -step.rate(), gradient);
      return;
    }
    if (sum.isEmpty()) {
      sum = Optional.of(gradient.dup());
    } else {
      Dl4jVector.add(sum.get().muli(step.momentum()), 1, gradient);
    }
    Dl4jVector.add(weights, -step.rate(), sum.get());
  }

  Optional<INDArray> copy() {
    return sum.map(INDArray::dup);
  }

  /** Goes on from a sum, which is owned from now on, or from none. */
  void restore(Optional<INDArray> earlier) {
    sum = earlier;
  }

  /** Frees the sum; there is none afterwards. */
  void close() {
    sum.ifPresent(INDArray::close);
    sum = Optional.empty();
  }
}
