package dev.unrolling.training;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How well a network classifies examples, with running statistics ({@link Mode#EVALUATION}).
 *
 * @param accuracy share of examples whose largest logit is that of the label, 0 to 1
 * @param meanLoss mean cross entropy in nats, whatever was trained
 * @param examples how many were looked at
 */
public record Evaluation(double accuracy, double meanLoss, int examples) {

  /** Examples whose logits are computed together unless said otherwise. */
  public static final int DEFAULT_CHUNK = 500;

  /** Evaluates on all examples of a data set. */
  public static Evaluation of(Network network, Dataset dataset) {
    int[] all = new int[dataset.size()];
    Arrays.setAll(all, i -> i);
    return of(network, dataset, all, DEFAULT_CHUNK);
  }

  /** Evaluates on some examples of a data set. */
  public static Evaluation of(Network network, Dataset dataset, int[] indices) {
    return of(network, dataset, indices, DEFAULT_CHUNK);
  }

  /**
   * Evaluates on some examples of a data set.
   *
   * @param network unchanged
   * @param dataset where the examples live
   * @param indices at least one
   * @param chunk examples whose logits are computed together, at least 1: bounds the memory
   */
  public static Evaluation of(Network network, Dataset dataset, int[] indices, int chunk) {
    if (indices.length == 0 || chunk < 1) {
      throw new IllegalArgumentException(
          "an evaluation needs at least 1 example in chunks of at least 1, not "
              + indices.length
              + " in chunks of "
              + chunk);
    }
    int hits = 0;
    double loss = 0;
    for (int from = 0; from < indices.length; from += chunk) {
      int[] part = Arrays.copyOfRange(indices, from, Math.min(indices.length, from + chunk));
      INDArray logits = network.logits(Batch.of(dataset, part), Mode.EVALUATION);
      double[][] rows = logits.castTo(DataType.DOUBLE).toDoubleMatrix();
      for (int i = 0; i < part.length; i++) {
        int label = dataset.label(part[i]);
        hits += argMax(rows[i]) == label ? 1 : 0;
        loss += logSumExp(rows[i]) - rows[i][label];
      }
    }
    return new Evaluation((double) hits / indices.length, loss / indices.length, indices.length);
  }

  /**
   * Mean over examples of the standard deviation (with C - 1) of an example's C logits: what the
   * penalty of paper section 2.7 holds down, 0 in collapse.
   *
   * @param network unchanged
   * @param examples at least one, computed in chunks of {@link #DEFAULT_CHUNK}
   */
  public static double logitDeviation(Network network, Batch examples) {
    int[] indices = examples.indices();
    double sum = 0;
    for (int from = 0; from < indices.length; from += DEFAULT_CHUNK) {
      int[] part =
          Arrays.copyOfRange(indices, from, Math.min(indices.length, from + DEFAULT_CHUNK));
      INDArray logits = network.logits(Batch.of(examples.dataset(), part), Mode.EVALUATION);
      sum += logits.castTo(DataType.DOUBLE).std(true, 1).sumNumber().doubleValue();
    }
    return sum / indices.length;
  }

  private static int argMax(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  private static double logSumExp(double[] values) {
    double max = values[argMax(values)];
    double sum = 0;
    for (double value : values) {
      sum += Math.exp(value - max);
    }
    return max + Math.log(sum);
  }
}
