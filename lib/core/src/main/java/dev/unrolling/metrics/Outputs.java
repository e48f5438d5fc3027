package dev.unrolling.metrics;

import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Network;
import dev.unrolling.training.Logits;
import java.util.Arrays;

/** Logits, labels and distances, as the metrics of this package take them. */
final class Outputs {

  private Outputs() {}

  /** The logits in evaluation mode, {@code (example, class)}. */
  static double[][] of(Network network, Dataset dataset, int[] indices) {
    return Logits.of(network, dataset, indices, Logits.DEFAULT_CHUNK);
  }

  static int[] labels(Dataset dataset, int[] indices) {
    return Arrays.stream(indices).map(dataset::label).toArray();
  }

  static double distance(double[] z, double[] y) {
    if (z.length != y.length) {
      throw new IllegalArgumentException(
          "vectors of one length are compared, not of " + z.length + " and " + y.length);
    }
    double squares = 0;
    for (int i = 0; i < z.length; i++) {
      squares += (z[i] - y[i]) * (z[i] - y[i]);
    }
    return Math.sqrt(squares);
  }
}
