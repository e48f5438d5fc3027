package dev.unrolling.model;

import java.util.Arrays;
import java.util.List;

/**
 * A network as a chain of layers.
 *
 * @param name for tables and messages, e.g. {@code "resnet8-16"}
 * @param inputShape shape of one example, {@code (channel, height, width)} or {@code (feature)}
 * @param classes width of the output (logits)
 * @param layers from input to logits
 */
public record Architecture(String name, List<Integer> inputShape, int classes, List<Layer> layers) {

  /** Copies the lists. */
  public Architecture {
    inputShape = List.copyOf(inputShape);
    layers = List.copyOf(layers);
    if (classes < 1) {
      throw new IllegalArgumentException("classes must be at least 1, not " + classes);
    }
  }

  /** Number of values in one example. */
  public int inputSize() {
    return inputShape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
  }

  /** Where each trainable weight lies in the flat vector. */
  public ParameterLayout parameters() {
    return ParameterLayout.ofParameters(this);
  }

  /** Where each running statistic (batch-norm mean and variance) lies in its flat vector. */
  public ParameterLayout runningStatistics() {
    return ParameterLayout.ofRunningStatistics(this);
  }

  /**
   * Fails unless examples of a shape can be fed to this network. An image may be fed to a network
   * that takes as many plain features.
   *
   * @throws IllegalArgumentException naming both shapes
   */
  public void checkExampleShape(String what, int... shape) {
    boolean same = Arrays.equals(shape, inputShape.stream().mapToInt(i -> i).toArray());
    int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (!same && !(inputShape.size() == 1 && size == inputSize())) {
      throw new IllegalArgumentException(
          what
              + " has examples of shape "
              + Arrays.toString(shape)
              + ", but "
              + name
              + " takes "
              + inputShape);
    }
  }
}
