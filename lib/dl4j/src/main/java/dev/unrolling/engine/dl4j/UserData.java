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
   * A batch for a model of plain features, e.g. one that begins with a {@code DenseLayer} or takes
   * {@code InputType.convolutionalFlat}.
   *
   * @return as {@link #of(Batch)}, with features {@code (example, feature)} whatever their shape
   */
  public static DataSet flat(Batch batch) {
    DataSet data = of(batch);
    INDArray features = data.getFeatures();
    return new DataSet(
        features.reshape('c', features.size(0), features.length() / features.size(0)),
        data.getLabels());
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

  /**
   * The batches of a run as DL4J's {@code fit(iterator, epochs)} takes them, made as they are asked
   * for: its first pass gives the first epoch of the order, and so on. The one to be forgotten is
   * among them where {@code order.withForgetBatch} put it.
   *
   * @param order of at least as many epochs as will be passed
   */
  public static UserDataIterator iterator(BatchOrder order) {
    return new UserDataIterator(order, false);
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
