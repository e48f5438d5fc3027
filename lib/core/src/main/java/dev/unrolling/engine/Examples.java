package dev.unrolling.engine;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.SoftLabels;
import dev.unrolling.engine.Objective.Criterion;
import dev.unrolling.model.Architecture;
import java.util.Arrays;

/** A batch as an engine feeds it to a network: values and labels, checked against the network. */
public final class Examples {

  private Examples() {}

  /**
   * The values of a batch, one example after the other, row-major.
   *
   * @return of length {@code batch.size() * architecture.inputSize()}
   * @throws IllegalArgumentException if the examples do not fit the network, naming both shapes; if
   *     they are more than an array holds; or if a value is not finite, naming the example
   */
  public static double[] values(Batch batch, Architecture architecture) {
    Dataset dataset = batch.dataset();
    architecture.checkExampleShape(dataset.name(), dataset.exampleShape());
    int size = architecture.inputSize();
    int[] indices = batch.indices();
    if ((long) indices.length * size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          indices.length
              + " examples of "
              + size
              + " values are computed together; take at most "
              + Integer.MAX_VALUE / size);
    }
    double[] values = new double[indices.length * size];
    for (int i = 0; i < indices.length; i++) {
      dataset.writeExample(indices[i], values, i * size);
      checkFinite(dataset, indices[i], values, i * size, size);
    }
    return values;
  }

  private static void checkFinite(
      Dataset dataset, int index, double[] values, int offset, int size) {
    // A sum is finite only if its summands are, and costs next to nothing; it may overflow. Two
    // halves side by side do not wait for each other.
    double sum = size % 2 == 0 ? 0 : values[offset + size - 1];
    double other = 0;
    for (int j = 0; j < size / 2; j++) {
      sum += values[offset + j];
      other += values[offset + size / 2 + j];
    }
    sum += other;
    for (int j = offset; !Double.isFinite(sum) && j < offset + size; j++) {
      if (!Double.isFinite(values[j])) {
        throw new IllegalArgumentException(
            "example "
                + index
                + " of "
                + dataset.name()
                + " has "
                + values[j]
                + " as value "
                + (j - offset)
                + "; values must be finite");
      }
    }
  }

  /** Shape of the values of a batch: {@code (batch, ...)} in the network's input shape. */
  public static long[] shape(Batch batch, Architecture architecture) {
    long[] shape = new long[architecture.inputShape().size() + 1];
    shape[0] = batch.size();
    for (int i = 1; i < shape.length; i++) {
      shape[i] = architecture.inputShape().get(i - 1);
    }
    return shape;
  }

  /**
   * The labels of a batch.
   *
   * @throws IllegalArgumentException if there is a label without an output, naming the example; the
   *     squared error of a single output takes any
   */
  public static long[] labels(Batch batch, Architecture architecture, Criterion criterion) {
    int classes = architecture.classes();
    boolean any = classes == 1 && criterion == Criterion.SQUARED_ERROR;
    int[] labels = batch.labels();
    for (int i = 0; i < labels.length && !any; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "example "
                + batch.indices()[i]
                + " of "
                + batch.dataset().name()
                + " has label "
                + labels[i]
                + ", but "
                + architecture.name()
                + " has outputs for 0 to "
                + (classes - 1));
      }
    }
    return Arrays.stream(labels).asLongStream().toArray();
  }

  /**
   * What a loss compares the outputs of a batch with: {@link SoftLabels}, or of a label its unit
   * vector; the label itself for the squared error of a single output.
   *
   * @return {@code [example][class]}
   * @throws IllegalArgumentException as {@link #labels} does; or if soft labels are not one finite
   *     value a class, or for a cross entropy no probabilities, naming the example
   */
  public static double[][] targets(Batch batch, Architecture architecture, Criterion criterion) {
    long[] labels = labels(batch, architecture, criterion);
    int classes = architecture.classes();
    double[][] targets = new double[labels.length][classes];
    int[] indices = batch.indices();
    for (int i = 0; i < labels.length; i++) {
      if (batch.dataset() instanceof SoftLabels soft) {
        targets[i] = soft.target(indices[i]);
        checkTarget(batch.dataset(), indices[i], targets[i], classes, criterion);
      } else if (classes == 1 && criterion == Criterion.SQUARED_ERROR) {
        targets[i][0] = labels[i];
      } else {
        targets[i][(int) labels[i]] = 1;
      }
    }
    return targets;
  }

  private static void checkTarget(
      Dataset dataset, int index, double[] target, int classes, Criterion criterion) {
    double sum = Arrays.stream(target).sum();
    boolean probabilities =
        Arrays.stream(target).allMatch(value -> value >= 0) && Math.abs(sum - 1) <= 1e-6;
    if (target.length != classes
        || !Double.isFinite(sum)
        || criterion == Criterion.CROSS_ENTROPY && !probabilities) {
      throw new IllegalArgumentException(
          "the soft label of example "
              + index
              + " of "
              + dataset.name()
              + " is "
              + Arrays.toString(target)
              + "; expected "
              + classes
              + " finite values, for a cross entropy each at least 0 and of sum 1");
    }
  }
}
