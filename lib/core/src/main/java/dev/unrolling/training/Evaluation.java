package dev.unrolling.training;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.logits.LogitDeviation;
import dev.unrolling.engine.logits.SoftMax;
import java.util.Arrays;

/**
 * How well a network classifies examples, with running statistics ({@link Mode#EVALUATION}). Where
 * logits are no answer ({@link Logits#areAnswer}) it is neither right nor wrong: accuracy and loss
 * are then NaN.
 *
 * @param accuracy share of examples whose largest logit is that of the label, 0 to 1
 * @param meanLoss mean cross entropy in nats, whatever was trained
 * @param logitDeviation mean over examples of the standard deviation (with C - 1) of an example's C
 *     logits: what the penalty of claim 2.7 holds down, 0 in collapse
 * @param examples how many were looked at
 */
public record Evaluation(double accuracy, double meanLoss, double logitDeviation, int examples) {

  /** Examples whose logits are computed together unless said otherwise. */
  public static final int DEFAULT_CHUNK = Logits.DEFAULT_CHUNK;

  /** Evaluates on all examples of a data set. */
  public static Evaluation of(Network network, Dataset dataset) {
    return of(network, dataset, Batch.all(dataset).indices(), DEFAULT_CHUNK);
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
    return of(
        Logits.of(network, dataset, indices, chunk),
        Arrays.stream(indices).map(dataset::label).toArray());
  }

  /**
   * Evaluates logits that are there already.
   *
   * @param logits {@code (example, class)}, at least one row
   * @param labels one a row
   * @throws IllegalArgumentException if there are not as many labels as rows, or none
   */
  public static Evaluation of(double[][] logits, int[] labels) {
    if (labels.length == 0 || logits.length != labels.length) {
      throw new IllegalArgumentException(
          "as many labels as rows of logits are needed, at least 1, not "
              + labels.length
              + " for "
              + logits.length);
    }
    double hits = 0;
    double loss = 0;
    double deviation = 0;
    for (int i = 0; i < labels.length; i++) {
      boolean answers = Logits.areAnswer(logits[i]);
      hits += !answers ? Double.NaN : Logits.argMax(logits[i]) == labels[i] ? 1 : 0;
      loss += !answers ? Double.NaN : new SoftMax(logits[i]).logSum() - logits[i][labels[i]];
      deviation += LogitDeviation.value(logits[i]);
    }
    int examples = labels.length;
    return new Evaluation(hits / examples, loss / examples, deviation / examples, examples);
  }
}
