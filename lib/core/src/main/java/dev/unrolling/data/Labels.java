package dev.unrolling.data;

/** The check of labels that every data set makes. */
final class Labels {

  private Labels() {}

  /** A copy of the labels, of which there is at least one, each in {@code 0 .. classes - 1}. */
  static int[] checked(String name, int[] labels, int classes) {
    if (labels.length == 0) {
      throw new IllegalArgumentException(name + ": a data set needs at least one example");
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            name
                + ": label "
                + labels[i]
                + " of example "
                + i
                + " is outside 0 to "
                + (classes - 1));
      }
    }
    return labels.clone();
  }
}
