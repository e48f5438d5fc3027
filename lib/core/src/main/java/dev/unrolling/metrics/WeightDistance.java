package dev.unrolling.metrics;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;

/** Euclidean distance of the trainable weights of two networks. */
final class WeightDistance {

  private WeightDistance() {}

  static double between(Network one, Network other) {
    try (ParameterVector w = one.weights();
        ParameterVector v = other.weights()) {
      return w.addInPlace(-1, v).norm2();
    }
  }
}
