package dev.unrolling.data;

/**
 * Examples whose targets in training are values of the classes, such as a teacher's probabilities,
 * in place of the one label. A loss takes them as it takes a label's unit vector: the cross entropy
 * of a target t is \( -\sum_c t_c \ln p_c \), whose gradient is that of KL(t || p) too. What is
 * measured, such as an accuracy, goes by {@link #label} as before.
 */
public interface SoftLabels extends Dataset {

  /**
   * The target of an example.
   *
   * @param index {@code 0 .. size() - 1}
   * @return one value a class; for a cross entropy at least 0, of sum 1
   */
  double[] target(int index);
}
