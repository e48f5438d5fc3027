package dev.unrolling.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Labelled texts: what an encoder turns into a {@link FeatureDataset}. Immutable. */
public final class TextDataset {

  private final String name;
  private final List<String> texts;
  private final int[] labels;
  private final List<String> classNames;

  /**
   * A data set of texts in memory.
   *
   * @param name for tables and messages
   * @param texts at least one
   * @param labels one a text, {@code 0 .. classNames.size() - 1}; copied
   * @param classNames in label order
   * @throws IllegalArgumentException if the sizes do not fit or a label is out of range
   */
  public TextDataset(String name, List<String> texts, int[] labels, List<String> classNames) {
    this.name = Objects.requireNonNull(name);
    this.texts = List.copyOf(texts);
    this.labels = Labels.checked(name, labels, classNames.size());
    this.classNames = List.copyOf(classNames);
    if (this.texts.size() != labels.length) {
      throw new IllegalArgumentException(
          name + ": " + this.texts.size() + " texts and " + labels.length + " labels");
    }
  }

  /** A short name, e.g. {@code "IMDB train"}. */
  public String name() {
    return name;
  }

  /** Number of texts, at least 1. */
  public int size() {
    return labels.length;
  }

  /** Number of classes; labels are {@code 0 .. classes() - 1}. */
  public int classes() {
    return classNames.size();
  }

  /** One name a class, in label order. */
  public List<String> classNames() {
    return classNames;
  }

  /**
   * One text.
   *
   * @param index {@code 0 .. size() - 1}
   */
  public String text(int index) {
    return texts.get(index);
  }

  /**
   * The label of a text.
   *
   * @param index {@code 0 .. size() - 1}
   */
  public int label(int index) {
    return labels[index];
  }

  /**
   * Some of the texts, in the order given.
   *
   * @param indices at least one, each {@code 0 .. size() - 1}
   */
  public TextDataset take(int... indices) {
    return new TextDataset(
        name,
        Arrays.stream(indices).mapToObj(texts::get).toList(),
        Arrays.stream(indices).map(index -> labels[index]).toArray(),
        classNames);
  }

  /**
   * What tells these texts from others: a SHA-256, in lower-case hexadecimal, over texts and labels
   * in order.
   */
  public String contentSum() {
    ContentSum sum = new ContentSum().add(classes() + " classes\n");
    for (int i = 0; i < size(); i++) {
      // The length keeps two texts apart from one made of both.
      sum.add(labels[i] + " " + texts.get(i).length() + "\n").add(texts.get(i));
    }
    return sum.hex();
  }

  /** The labels in order. A copy. */
  public int[] labels() {
    return labels.clone();
  }

  @Override
  public String toString() {
    return name + " (" + size() + " texts, " + classes() + " classes)";
  }
}
