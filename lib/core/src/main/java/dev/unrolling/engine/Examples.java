package dev.unrolling.engine;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.model.Architecture;
import java.util.Arrays;

/** A batch as an engine feeds it to a network: values and labels, checked against the network. */
public final class Examples {

  private Examples() {}

  /**
   * The values of a batch, one example after the other, row-major.
   *
   * @return of length {@code batch.size() * architecture.inputSize()}
   * @throws IllegalArgumentException if the examples do not fit the network, naming both shapes
   */
  public static double[] values(Batch batch, Architecture architecture) {
    Dataset dataset = batch.dataset();
    architecture.checkExampleShape(dataset.name(), dataset.exampleShape());
    int size = architecture.inputSize();
    int[] indices = batch.indices();
    double[] values = new double[Math.multiplyExact(indices.length, size)];
    for (int i = 0; i < indices.length; i++) {
      dataset.writeExample(indices[i], values, i * size);
    }
    return values;
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
   * @throws IllegalArgumentException if there is a label without an output; a network of a single
   *     output takes any
   */
  public static long[] labels(Batch batch, Architecture architecture) {
    int classes = architecture.classes();
    long[] labels =
        Arrays.stream(batch.indices()).mapToLong(i -> batch.dataset().label(i)).toArray();
    if (classes > 1 && Arrays.stream(labels).anyMatch(label -> label >= classes)) {
      throw new IllegalArgumentException(
          batch.dataset().name()
              + " has labels up to "
              + Arrays.stream(labels).max().orElse(0)
              + ", but "
              + architecture.name()
              + " has "
              + classes
              + " outputs");
    }
    return labels;
  }
}
