package dev.unrolling.data;

import java.util.List;

/**
 * Labelled examples of one shape, read by index. Implementations are immutable and may be read from
 * several threads.
 */
public interface Dataset {

  /** A short name for tables and messages, e.g. {@code "CIFAR-10 train"}. */
  String name();

  /** Number of examples, at least 1. */
  int size();

  /** Number of classes; labels are {@code 0 .. classes() - 1}. */
  int classes();

  /** One name a class, in label order. */
  List<String> classNames();

  /** Shape of one example: {@code (channel, height, width)} or {@code (feature)}. A copy. */
  int[] exampleShape();

  /**
   * The label of an example.
   *
   * @param index {@code 0 .. size() - 1}
   */
  int label(int index);

  /**
   * Writes one example, normalised as a network sees it, row-major in {@link #exampleShape()}.
   *
   * @param index {@code 0 .. size() - 1}
   * @param target receives {@link #exampleSize()} values
   * @param offset position in {@code target} of the first value
   */
  void writeExample(int index, double[] target, int offset);

  /**
   * What tells this data set from another, whatever they are called: a SHA-256, in lower-case
   * hexadecimal, over shape, number of classes, labels and values as a network sees them, in order.
   */
  default String contentSum() {
    return ContentSum.of(this);
  }

  /** Number of values in one example: the product of {@link #exampleShape()}. */
  default int exampleSize() {
    int size = 1;
    for (int extent : exampleShape()) {
      size *= extent;
    }
    return size;
  }
}
