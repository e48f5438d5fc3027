package dev.unrolling.metrics;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.model.Architecture;

/** Euclidean distance of the trainable weights of two networks. */
final class WeightDistance {

  private WeightDistance() {}

  static double between(Network one, Network other) {
    checkSame(one, other);
    try (ParameterVector w = one.weights();
        ParameterVector v = other.weights()) {
      return w.addInPlace(-1, v).norm2();
    }
  }

  /**
   * Checks that the weights of two networks mean the same.
   *
   * @throws IllegalArgumentException if their layers differ, naming both networks
   */
  static void checkSame(Network one, Network other) {
    Architecture a = one.architecture();
    Architecture b = other.architecture();
    if (!a.layers().equals(b.layers()) || !a.inputShape().equals(b.inputShape())) {
      throw new IllegalArgumentException(
          "networks of one architecture are compared, not "
              + a.name()
              + " of "
              + a.parameters().size()
              + " weights and "
              + b.name()
              + " of "
              + b.parameters().size());
    }
  }
}
