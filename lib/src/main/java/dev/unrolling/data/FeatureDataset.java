package dev.unrolling.data;

import java.util.List;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Labelled vectors, {@code (example, feature)}, given as a network sees them. */
public final class FeatureDataset implements Dataset {

  private final String name;
  private final int features;
  private final IntToDoubleFunction values;
  private final int[] labels;
  private final List<String> classNames;
  private volatile String contentSum = "";

  private FeatureDataset(
      String name, int length, IntToDoubleFunction values, int[] labels, List<String> classNames) {
    this.name = Objects.requireNonNull(name);
    this.labels = Labels.checked(name, labels, classNames.size());
    this.classNames = List.copyOf(classNames);
    this.features = length / labels.length;
    this.values = values;
    if (features == 0 || length % labels.length != 0) {
      throw new IllegalArgumentException(
          name + ": " + length + " values do not make " + labels.length + " vectors of one length");
    }
    IntStream.range(0, length)
        .filter(i -> !Double.isFinite(values.applyAsDouble(i)))
        .findFirst()
        .ifPresent(
            i -> {
              throw new IllegalArgumentException(
                  name
                      + ": feature "
                      + i % features
                      + " of example "
                      + i / features
                      + " is "
                      + values.applyAsDouble(i)
                      + "; features must be finite");
            });
  }

  /**
   * A data set of double values.
   *
   * @param name for tables and messages
   * @param values row-major, {@code (example, feature)}, finite; copied
   * @param labels one an example, {@code 0 .. classNames.size() - 1}; copied
   * @param classNames in label order
   * @throws IllegalArgumentException if the sizes do not fit, or a value is not finite
   */
  public static FeatureDataset of(
      String name, double[] values, int[] labels, List<String> classNames) {
    double[] copy = values.clone();
    return new FeatureDataset(name, copy.length, i -> copy[i], labels, classNames);
  }

  /**
   * A data set of float values, in half the memory.
   *
   * @param name for tables and messages
   * @param values row-major, {@code (example, feature)}, finite; copied
   * @param labels one an example, {@code 0 .. classNames.size() - 1}; copied
   * @param classNames in label order
   * @throws IllegalArgumentException if the sizes do not fit, or a value is not finite
   */
  public static FeatureDataset of(
      String name, float[] values, int[] labels, List<String> classNames) {
    float[] copy = values.clone();
    return new FeatureDataset(name, copy.length, i -> copy[i], labels, classNames);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public int classes() {
    return classNames.size();
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public int[] exampleShape() {
    return new int[] {features};
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public void writeExample(int index, double[] target, int offset) {
    int from = Objects.checkIndex(index, labels.length) * features;
    for (int i = 0; i < features; i++) {
      target[offset + i] = values.applyAsDouble(from + i);
    }
  }

  /** {@inheritDoc} Made once. */
  @Override
  public String contentSum() {
    if (contentSum.isEmpty()) {
      contentSum = ContentSum.of(this);
    }
    return contentSum;
  }

  @Override
  public String toString() {
    return name + " (" + size() + " vectors of " + features + ", " + classes() + " classes)";
  }
}
