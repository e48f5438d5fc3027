package dev.unrolling.engine.dl4j;

import dev.unrolling.data.Dataset;
import dev.unrolling.data.DatasetView;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A data set as a user's own DL4J model is fed it: through the normaliser of its zip, as plain
 * features where the model takes those, with as many classes as the model has outputs.
 *
 * @param original the data as they are
 * @param normaliser of the model's zip; empty if it has none
 * @param flat whether an example becomes {@code (feature)}
 * @param classes of the model
 */
record FedDataset(
    Dataset original, Optional<DataNormalization> normaliser, boolean flat, int classes)
    implements DatasetView {

  /**
   * Checks that the labels are those of the model.
   *
   * @throws IllegalArgumentException if there are more classes than outputs, or fewer that are not
   *     called by their numbers: which output is whose would be a guess
   */
  FedDataset {
    List<String> names = original.classNames();
    boolean numbered =
        IntStream.range(0, names.size()).allMatch(i -> names.get(i).equals(Integer.toString(i)));
    if (names.size() > classes || names.size() < classes && !numbered) {
      throw new IllegalArgumentException(
          original.name()
              + " has "
              + names.size()
              + " classes, but the model has "
              + classes
              + " outputs; give the data that it was trained on, all classes of it");
    }
  }

  @Override
  public String name() {
    return original.name();
  }

  @Override
  public List<String> classNames() {
    Stream<String> further =
        IntStream.range(original.classes(), classes).mapToObj(Integer::toString);
    return Stream.concat(original.classNames().stream(), further).toList();
  }

  @Override
  public int[] exampleShape() {
    return flat ? new int[] {original.exampleSize()} : original.exampleShape();
  }

  @Override
  public void writeExample(int index, double[] target, int offset) {
    original.writeExample(index, target, offset);
    if (normaliser.isEmpty()) {
      return;
    }
    int size = exampleSize();
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) target[offset + i];
    }
    long[] shape =
        LongStream.concat(LongStream.of(1), IntStream.of(exampleShape()).asLongStream()).toArray();
    try (INDArray one = Nd4j.createFromArray(values).reshape('c', shape)) {
      normaliser.get().transform(one);
      float[] normalised = one.dup('c').data().asFloat();
      for (int i = 0; i < size; i++) {
        target[offset + i] = normalised[i];
      }
    }
  }
}
