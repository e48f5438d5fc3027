package dev.unrolling.training;

import dev.unrolling.engine.NetworkState;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Refuses an M and an M' that do not start from one state. */
final class SameStart {

  private SameStart() {}

  static void check(NetworkState original, NetworkState retrained) {
    check("weights", original.weights(), retrained.weights());
    check("running statistics", original.runningStatistics(), retrained.runningStatistics());
    check("momentum", original.velocity(), retrained.velocity());
  }

  private static void check(String what, INDArray original, INDArray retrained) {
    double apart = largestDifference(original, retrained);
    if (apart != 0) {
      throw new IllegalArgumentException(
          "M and M' must start from the same %s, but are up to %s apart; make M' by original.copy()"
              .formatted(what, apart));
    }
  }

  /** An array that is not there is one of zeros. */
  private static double largestDifference(INDArray one, INDArray other) {
    if (one.isEmpty() || other.isEmpty()) {
      INDArray there = one.isEmpty() ? other : one;
      return there.isEmpty() ? 0 : there.amaxNumber().doubleValue();
    }
    if (one.length() != other.length()) {
      return Double.POSITIVE_INFINITY;
    }
    return one.sub(other).amaxNumber().doubleValue();
  }
}
