package dev.unrolling.metrics;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;

/** Logits of many examples in float64, computed in chunks. */
final class Outputs {

  private static final int CHUNK = 500;

  private Outputs() {}

  /** The logits in evaluation mode, {@code (example, class)}. */
  static double[][] of(Network network, Dataset dataset, int[] indices) {
    if (indices.length == 0) {
      throw new IllegalArgumentException("models are compared on at least 1 example");
    }
    double[][] rows = new double[indices.length][];
    for (int from = 0; from < indices.length; from += CHUNK) {
      int[] part = Arrays.copyOfRange(indices, from, Math.min(indices.length, from + CHUNK));
      double[][] logits =
          network
              .logits(Batch.of(dataset, part), Mode.EVALUATION)
              .castTo(DataType.DOUBLE)
              .toDoubleMatrix();
      System.arraycopy(logits, 0, rows, from, part.length);
    }
    return rows;
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

  static int argMax(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
