package dev.unrolling.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Labelled arrays, given as a network sees them: vectors, {@code (example, feature)}, or of any
 * other shape, for instance {@code (example, channel, height, width)}.
 */
public final class FeatureDataset implements Dataset {

  private final String name;
  private final int features;
  private final int[] shape;
  private final Values values;
  private final int[] labels;
  private final List<String> classNames;
  private volatile String contentSum = "";

  /**
   * Numbers of either width, written many at once: a call for each would cost more than they do.
   */
  private interface Values {
    double at(int index);

    void write(int from, double[] target, int offset, int length);
  }

  private record Doubles(double[] values) implements Values {
    @Override
    public double at(int index) {
      return values[index];
    }

    @Override
    public void write(int from, double[] target, int offset, int length) {
      System.arraycopy(values, from, target, offset, length);
    }
  }

  private record Floats(float[] values) implements Values {
    @Override
    public double at(int index) {
      return values[index];
    }

    @Override
    public void write(int from, double[] target, int offset, int length) {
      for (int i = 0; i < length; i++) {
        target[offset + i] = values[from + i];
      }
    }
  }

  /** The shape is {@code (feature)}, as many as there are, where none is given. */
  private FeatureDataset(
      String name,
      int length,
      Values values,
      int[] labels,
      List<String> classNames,
      int... exampleShape) {
    this.name = Objects.requireNonNull(name);
    this.labels = Labels.checked(name, labels, classNames.size());
    this.classNames = List.copyOf(classNames);
    this.features = length / labels.length;
    this.values = values;
    this.shape = exampleShape.length == 0 ? new int[] {features} : exampleShape.clone();
    if (features == 0 || length % labels.length != 0) {
      throw new IllegalArgumentException(
          name + ": " + length + " values do not make " + labels.length + " vectors of one length");
    }
    if (Arrays.stream(shape).anyMatch(extent -> extent < 1)
        || Arrays.stream(shape).mapToLong(extent -> extent).reduce(1, Math::multiplyExact)
            != features) {
      throw new IllegalArgumentException(
          name
              + ": "
              + length
              + " values do not make "
              + labels.length
              + " examples of shape "
              + Arrays.toString(shape));
    }
    IntStream.range(0, length)
        .filter(i -> !Double.isFinite(values.at(i)))
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
                      + values.at(i)
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
    return new FeatureDataset(name, values.length, new Doubles(values.clone()), labels, classNames);
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
    return new FeatureDataset(name, values.length, new Floats(values.clone()), labels, classNames);
  }

  /**
   * A data set of arrays of any one shape.
   *
   * @param name for tables and messages
   * @param exampleShape of one example, e.g. {@code {3, 64, 64}}
   * @param values row-major, {@code (example, ...)}, finite; copied
   * @param labels one an example, {@code 0 .. classNames.size() - 1}; copied
   * @param classNames in label order
   * @throws IllegalArgumentException if the sizes do not fit, or a value is not finite
   */
  public static FeatureDataset of(
      String name, int[] exampleShape, float[] values, int[] labels, List<String> classNames) {
    Values copy = new Floats(values.clone());
    return new FeatureDataset(
        name, values.length, copy, labels, classNames, atLeastOne(name, exampleShape));
  }

  /** The same of double values. */
  public static FeatureDataset of(
      String name, int[] exampleShape, double[] values, int[] labels, List<String> classNames) {
    Values copy = new Doubles(values.clone());
    return new FeatureDataset(
        name, values.length, copy, labels, classNames, atLeastOne(name, exampleShape));
  }

  private static int[] atLeastOne(String name, int[] exampleShape) {
    if (exampleShape.length == 0) {
      throw new IllegalArgumentException(name + ": the shape of an example has no extents");
    }
    return exampleShape;
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
    return shape.clone();
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public void writeExample(int index, double[] target, int offset) {
    int from = Objects.checkIndex(index, labels.length) * features;
    values.write(from, target, offset, features);
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
    String each =
        shape.length == 1 ? "vectors of " + features : "arrays of " + Arrays.toString(shape);
    return name + " (" + size() + " " + each + ", " + classes() + " classes)";
  }
}
