package dev.unrolling.engine.dl4j;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Our data as a user's own DL4J model takes it: float32, labels one-hot. */
public final class UserData {

  private UserData() {}

  /**
   * A batch.
   *
   * @param batch of at least one example
   * @return features {@code (example, channel, height, width)} or {@code (example, feature)},
   *     normalised as our networks see them, and labels {@code (example, class)}
   * @throws IllegalArgumentException if the batch is empty
   */
  public static DataSet of(Batch batch) {
    if (batch.size() == 0) {
      throw new IllegalArgumentException(
          "DL4J takes no empty batch; give one of at least 1 example");
    }
    Dataset dataset = batch.dataset();
    int[] indices = batch.indices();
    int size = dataset.exampleSize();
    double[] one = new double[size];
    float[] values = new float[Math.multiplyExact(indices.length, size)];
    float[] labels = new float[Math.multiplyExact(indices.length, dataset.classes())];
    for (int i = 0; i < indices.length; i++) {
      dataset.writeExample(indices[i], one, 0);
      for (int j = 0; j < size; j++) {
        values[i * size + j] = (float) one[j];
      }
      labels[i * dataset.classes() + dataset.label(indices[i])] = 1;
    }
    return new DataSet(
        array(values, shape(indices.length, dataset.exampleShape())),
        array(labels, indices.length, dataset.classes()));
  }

  /**
   * The batches of an epoch, in order.
   *
   * @param order of a training run
   * @param epoch from 0
   * @throws IndexOutOfBoundsException if there is no such epoch
   */
  public static List<DataSet> epoch(BatchOrder order, int epoch) {
    int first = Math.multiplyExact(epoch, order.batchesPerEpoch());
    return IntStream.range(first, first + order.batchesPerEpoch())
        .mapToObj(order::batch)
        .map(UserData::of)
        .toList();
  }

  private static long[] shape(int examples, int[] exampleShape) {
    return IntStream.concat(IntStream.of(examples), IntStream.of(exampleShape))
        .asLongStream()
        .toArray();
  }

  private static INDArray array(float[] values, long... shape) {
    return Nd4j.createFromArray(values).reshape('c', shape);
  }
}
