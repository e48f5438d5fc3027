package dev.unrolling.training;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;

/** Logits of many examples, in float64 and with running statistics ({@link Mode#EVALUATION}). */
public final class Logits {

  /** Examples whose logits are computed together unless said otherwise: bounds the memory. */
  public static final int DEFAULT_CHUNK = 500;

  private Logits() {}

  /**
   * The logits of a batch.
   *
   * @param network unchanged
   * @param examples at least one
   * @return {@code (example, class)}
   */
  public static double[][] of(Network network, Batch examples) {
    return of(network, examples.dataset(), examples.indices(), DEFAULT_CHUNK);
  }

  /**
   * The logits of some examples of a data set.
   *
   * @param network unchanged
   * @param dataset where the examples live
   * @param indices at least one
   * @param chunk examples whose logits are computed together, at least 1
   * @return {@code (example, class)}
   */
  public static double[][] of(Network network, Dataset dataset, int[] indices, int chunk) {
    if (indices.length == 0 || chunk < 1) {
      throw new IllegalArgumentException(
          "logits need at least 1 example in chunks of at least 1, not "
              + indices.length
              + " in chunks of "
              + chunk);
    }
    return Batch.parts(dataset, indices, chunk).stream()
        .map(part -> network.logits(part, Mode.EVALUATION).castTo(DataType.DOUBLE))
        .flatMap(logits -> Arrays.stream(logits.toDoubleMatrix()))
        .toArray(double[][]::new);
  }

  /**
   * The class of the largest logit, the first of equal ones.
   *
   * @throws ArithmeticException if a logit is NaN: there is then no largest
   */
  public static int argMax(double[] logits) {
    int best = 0;
    for (int i = 0; i < logits.length; i++) {
      if (Double.isNaN(logits[i])) {
        throw new ArithmeticException(
            "the logit of class "
                + i
                + " is NaN, so no class is predicted; has training diverged?");
      }
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  /**
   * Whether logits have a soft-max: not where one is NaN or infinitely large, as of a network that
   * has diverged.
   */
  public static boolean areAnswer(double[] logits) {
    return Double.isFinite(Arrays.stream(logits).max().orElse(Double.NaN));
  }
}
