package dev.unrolling.unlearning.sisa;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.logits.SoftMax;
import dev.unrolling.training.Logits;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the answers of several models become one. Each model's logits are turned into soft-max
 * probabilities first, so that no model weighs more for having larger logits.
 */
public enum Aggregation {
  /**
   * The class that most models put first. Of classes with as many votes, the one with the larger
   * sum of probabilities wins, then the lower label; a model that puts two classes first votes for
   * the lower.
   */
  MAJORITY_VOTE,
  /** The class with the largest mean probability; the lowest label of several. */
  MEAN_OF_OUTPUTS;

  /**
   * The labels of some examples.
   *
   * @param logits of each model, {@code (example, class)}; at least one model, all of one shape
   * @return one an example
   * @throws IllegalArgumentException if there is no model, or models differ in their shape
   * @throws ArithmeticException if logits are no answer ({@link Logits#areAnswer}), naming the
   *     model
   */
  public int[] labels(List<double[][]> logits) {
    if (logits.isEmpty()) {
      throw new IllegalArgumentException("at least 1 model must answer");
    }
    int examples = logits.get(0).length;
    int[] labels = new int[examples];
    for (int example = 0; example < examples; example++) {
      int classes = logits.get(0)[example].length;
      double[] votes = new double[classes];
      double[] sums = new double[classes];
      for (double[][] model : logits) {
        if (model.length != examples || model[example].length != classes) {
          throw new IllegalArgumentException(
              "models answer the same examples in the same classes, not "
                  + List.of(examples, classes)
                  + " and "
                  + List.of(model.length, model[Math.min(example, model.length - 1)].length));
        }
        if (!Logits.areAnswer(model[example])) {
          throw new ArithmeticException(
              "model "
                  + logits.indexOf(model)
                  + " answers example "
                  + example
                  + " with "
                  + Arrays.toString(model[example])
                  + ", which predicts no class; has its training diverged?");
        }
        SoftMax softMax = new SoftMax(model[example]);
        double[] probabilities =
            IntStream.range(0, classes).mapToDouble(softMax::probability).toArray();
        votes[first(probabilities, probabilities)]++;
        IntStream.range(0, classes).forEach(c -> sums[c] += probabilities[c]);
      }
      labels[example] = this == MAJORITY_VOTE ? first(votes, sums) : first(sums, sums);
    }
    return labels;
  }

  /**
   * The labels of some examples.
   *
   * @param models that answer, with running statistics; at least one
   * @param examples of any data set
   * @return one an example
   */
  int[] labels(List<Network> models, Batch examples) {
    return Batch.parts(examples.dataset(), examples.indices(), Logits.DEFAULT_CHUNK).stream()
        .map(part -> labels(models.stream().map(model -> Logits.of(model, part)).toList()))
        .flatMapToInt(Arrays::stream)
        .toArray();
  }

  /** Place of the largest value; of equal ones, of that with the larger second value. */
  private static int first(double[] values, double[] between) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best] || values[i] == values[best] && between[i] > between[best]) {
        best = i;
      }
    }
    return best;
  }
}
