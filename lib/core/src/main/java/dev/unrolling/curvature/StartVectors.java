package dev.unrolling.curvature;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.ParameterVector;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Random vectors of an operator's space, the same on every engine for the same generator. */
final class StartVectors {

  private StartVectors() {}

  /** Independent values, uniform between -1 and 1: a start that no eigenvector is orthogonal to. */
  static ParameterVector uniform(LinearOperator operator, SplittableRandom random) {
    return draw(operator, random, generator -> 2 * generator.nextDouble() - 1);
  }

  /** Independent values, -1 or 1 with the same probability. */
  static ParameterVector rademacher(LinearOperator operator, SplittableRandom random) {
    return draw(operator, random, generator -> generator.nextBoolean() ? 1 : -1);
  }

  private static ParameterVector draw(
      LinearOperator operator,
      SplittableRandom random,
      ToDoubleFunction<SplittableRandom> distribution) {
    double[] values = new double[Math.toIntExact(operator.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = distribution.applyAsDouble(random);
    }
    return operator.vector(values);
  }
}
