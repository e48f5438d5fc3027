package dev.unrolling.model;

import java.util.Arrays;
import java.util.List;

/**
 * A network as a chain of layers that fit one another. That of a {@link Layer.UserModel} is its
 * engine's to check.
 *
 * @param name for tables and messages, e.g. {@code "resnet8-16"}
 * @param inputShape shape of one example, {@code (channel, height, width)} or {@code (feature)}
 * @param classes width of the output (logits)
 * @param layers from input to logits
 */
public record Architecture(String name, List<Integer> inputShape, int classes, List<Layer> layers) {

  /**
   * Copies the lists and checks that the layers lead from the input to {@code classes} values.
   *
   * @throws IllegalArgumentException naming the first layer that does not fit, by its position,
   *     with what it takes and what it is given; or if there is nothing to train
   */
  public Architecture {
    inputShape = List.copyOf(inputShape);
    layers = List.copyOf(layers);
    if (classes < 1) {
      throw new IllegalArgumentException("classes must be at least 1, not " + classes);
    }
    if (!isUserModel(layers)) {
      try {
        check(inputShape, classes, layers);
      } catch (IllegalArgumentException refused) {
        throw new IllegalArgumentException(name + ": " + refused.getMessage(), refused.getCause());
      }
    }
  }

  private static boolean isUserModel(List<Layer> layers) {
    return layers.size() == 1 && layers.get(0) instanceof Layer.UserModel;
  }

  private static void check(List<Integer> inputShape, int classes, List<Layer> layers) {
    Shapes.checkSize(inputShape);
    List<Integer> output = Shapes.after("", layers, inputShape);
    if (!output.equals(List.of(classes))) {
      throw new IllegalArgumentException(
          "the layers end in examples of shape "
              + Shapes.text(output)
              + ", but "
              + classes
              + " classes need ("
              + classes
              + "); end in a Dense layer of that width");
    }
    long weights = weights(layers);
    if (weights < 1 || weights > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a network has 1 to " + Integer.MAX_VALUE + " weights, not " + weights);
    }
  }

  private static long weights(List<Layer> layers) {
    try {
      return ParameterLayout.ofParameters(layers).size();
    } catch (ArithmeticException overflow) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * Fails unless there are as many values as this architecture takes.
   *
   * @param what they are, e.g. {@code "weights"}
   * @throws IllegalArgumentException naming this architecture and both numbers
   */
  public void checkCount(String what, long values, long expected) {
    if (values != expected) {
      throw new IllegalArgumentException(
          what + " of " + name() + " must hold " + expected + " values, not " + values);
    }
  }

  /**
   * Fails if batch norm would normalise by a single value: it has no variance.
   *
   * @param examples of a batch that is trained on; of 0, none is normalised
   * @throws IllegalArgumentException naming the layer and the batch
   */
  public void checkTrainingBatch(int examples) {
    if (examples == 1) {
      Shapes.loneNorm(layers, inputShape)
          .ifPresent(
              place -> {
                throw new IllegalArgumentException(
                    name
                        + ": "
                        + place
                        + ", normalises by the batch, but a batch of 1 example gives it 1 value a"
                        + " channel, which has no variance; train in batches of at least 2 examples"
                        + " (mind the remainder of an epoch), or evaluate with running statistics");
              });
    }
  }

  /** Number of values in one example. */
  public int inputSize() {
    return inputShape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
  }

  /** Where each trainable weight lies in the flat vector. */
  public ParameterLayout parameters() {
    return ParameterLayout.ofParameters(layers);
  }

  /** Where each running statistic (batch-norm mean and variance) lies in its flat vector. */
  public ParameterLayout runningStatistics() {
    return ParameterLayout.ofRunningStatistics(layers);
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
