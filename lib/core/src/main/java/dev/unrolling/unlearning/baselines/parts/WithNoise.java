package dev.unrolling.unlearning.baselines.parts;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.DatasetView;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A data set and after it another of the same shape and classes, several times over.
 *
 * @param original first
 * @param noise after it
 * @param copies how often, at least 1
 */
public record WithNoise(Dataset original, Dataset noise, int copies) implements DatasetView {

  /** Examples of the original, and all of the noise. */
  public Batch with(Batch examples) {
    return Batch.of(
        this,
        IntStream.concat(
                Arrays.stream(examples.indices()), IntStream.range(original.size(), size()))
            .toArray());
  }

  private Dataset of(int index) {
    return index < original.size() ? original : noise;
  }

  private int within(int index) {
    return index < original.size() ? index : (index - original.size()) % noise.size();
  }

  @Override
  public String name() {
    return original.name() + ", with noise";
  }

  @Override
  public int size() {
    return Math.addExact(original.size(), Math.multiplyExact(copies, noise.size()));
  }

  @Override
  public int label(int index) {
    return of(index).label(within(index));
  }

  @Override
  public void writeExample(int index, double[] target, int offset) {
    of(index).writeExample(within(index), target, offset);
  }
}
