package dev.unrolling.model;

import dev.unrolling.model.Layer.AveragePool;
import dev.unrolling.model.Layer.Dense;
import dev.unrolling.model.Layer.Flatten;
import dev.unrolling.model.Layer.Relu;
import dev.unrolling.model.Layer.Tanh;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The networks of the paper in their CIFAR forms, and small ones for a laptop and for theory. */
public final class Architectures {

  private static final List<Integer> CIFAR = List.of(3, 32, 32);

  private Architectures() {}

  /**
   * The architecture of a name, over CIFAR images; {@code "linear-F"} is one over F features.
   *
   * @param name {@code "resnet18"}, {@code "resnet20"}, {@code "vgg19"}, {@code "pooled-linear"},
   *     or one of {@code "resnet8-W"}, {@code "resnet8-half-W"}, {@code "vgg8-W"}, {@code
   *     "tanh-cnn-W"}, {@code "tanh-bn-cnn-W"}, {@code "relu-cnn-W"} with the width W, or {@code
   *     "linear-F"}
   * @param classes width of the output
   * @throws IllegalArgumentException naming the architectures there are
   */
  public static Architecture named(String name, int classes) {
    return named(name, CIFAR, classes);
  }

  /**
   * As {@link #named(String, int)}, over other pictures; the last pool is as large as they allow.
   *
   * @param name as there; {@code "linear-F"} takes F features, whatever the pictures
   * @param inputShape of the pictures, {@code (channel, height, width)}
   * @param classes width of the output
   * @throws IllegalArgumentException naming the architectures there are, or the layer that the
   *     pictures do not fit
   */
  public static Architecture named(String name, List<Integer> inputShape, int classes) {
    if (inputShape.size() != 3) {
      throw new IllegalArgumentException(
          name + ": pictures are (channel, height, width), not " + Shapes.text(inputShape));
    }
    Matcher widened = Pattern.compile("(.+-)([1-9]\\d{0,7})").matcher(name);
    int width = widened.matches() ? Integer.parseInt(widened.group(2)) : 0;
    String kind = width > 0 ? widened.group(1) : name.endsWith("-") ? "" : name;
    List<Layer> layers =
        switch (kind) {
          case "resnet18" -> LayerStacks.residual(inputShape, 1, new int[] {64, 128, 256, 512}, 2);
          case "resnet20" -> LayerStacks.residual(inputShape, 1, new int[] {16, 32, 64}, 3);
          case "resnet8-", "resnet8-half-" ->
              LayerStacks.residual(
                  inputShape,
                  kind.equals("resnet8-half-") ? 2 : 1,
                  new int[] {width, 2 * width, 4 * width},
                  1);
          case "vgg19" ->
              LayerStacks.vgg(
                  inputShape, new int[][] {{64, 2}, {128, 2}, {256, 4}, {512, 4}, {512, 4}});
          case "vgg8-" ->
              LayerStacks.pooled(
                  inputShape,
                  LayerStacks.vgg(
                      inputShape, new int[][] {{width, 2}, {2 * width, 2}, {4 * width, 3}}),
                  4);
          case "tanh-cnn-" -> LayerStacks.cnn(inputShape, width, new Tanh(), false);
          case "tanh-bn-cnn-" -> LayerStacks.cnn(inputShape, width, new Tanh(), true);
          case "relu-cnn-" -> LayerStacks.cnn(inputShape, width, new Relu(), false);
          case "pooled-linear" -> List.of(new AveragePool(8));
          case "linear-" -> List.of();
          default ->
              throw new IllegalArgumentException(
                  "no architecture is called \""
                      + name
                      + "\"; there is resnet18, resnet20, vgg19, pooled-linear, resnet8-W,"
                      + " resnet8-half-W, vgg8-W, tanh-cnn-W, tanh-bn-cnn-W, relu-cnn-W and"
                      + " linear-W, with a width W of at least 1");
        };
    return name.startsWith("linear-")
        ? linear(width, classes)
        : headed(name, inputShape, layers, classes);
  }

  /**
   * ResNet-18, CIFAR variant: 3 x 3 stem, stages of 64, 128, 256 and 512 channels with two basic
   * blocks each, 1 x 1 shortcut where the shape changes, 4 x 4 average pool; 11,173,962 weights at
   * 10 classes.
   *
   * @param classes width of the output
   */
  public static Architecture resnet18(int classes) {
    return named("resnet18", classes);
  }

  /**
   * ResNet-20 (He et al., 2016, section 4.2): the same construction with three blocks in each of
   * three stages of 16, 32 and 64 channels, its shortcuts projections; 272,474 weights at 10
   * classes.
   *
   * @param classes width of the output
   */
  public static Architecture resnet20(int classes) {
    return named("resnet20", classes);
  }

  /**
   * ResNet-8: the same construction with one block in each of three stages of {@code width}, 2
   * {@code width} and 4 {@code width} channels. As {@code "resnet8-half-W"} ({@link #named}) its
   * stem has stride 2, so that all that follows is computed at half the height and width, in less
   * than half the time. The weights have the same shapes: a state fits both.
   *
   * @param width channels of the first stage, at least 1
   * @param classes width of the output
   */
  public static Architecture resnet8(int width, int classes) {
    return named("resnet8-" + width, classes);
  }

  /**
   * VGG-19 with batch norm and one 512-to-classes layer, CIFAR variant; 20,040,522 weights at 10
   * classes.
   *
   * @param classes width of the output
   */
  public static Architecture vgg19(int classes) {
    return named("vgg19", classes);
  }

  /**
   * VGG-8: the same construction with stages of {@code width}, 2 {@code width} and 4 {@code width}
   * channels, of 2, 2 and 3 convolutions, and a 4 x 4 average pool.
   *
   * @param width channels of the first stage, at least 1
   * @param classes width of the output
   */
  public static Architecture vgg8(int width, int classes) {
    return named("vgg8-" + width, classes);
  }

  /**
   * A small smooth network for the checks of the theory: two 5 x 5 convolutions of stride 2 with
   * tanh, a 4 x 4 average pool and a dense layer, over 3 x 32 x 32 images.
   *
   * @param channels of both convolutions, at least 1
   * @param classes width of the output
   */
  public static Architecture tanhCnn(int channels, int classes) {
    return named("tanh-cnn-" + channels, classes);
  }

  /** {@link #tanhCnn} with a batch norm before each tanh. */
  public static Architecture tanhCnnWithBatchNorm(int channels, int classes) {
    return named("tanh-bn-cnn-" + channels, classes);
  }

  /** {@link #tanhCnn} with rectified linear units instead: it has kinks. */
  public static Architecture reluCnn(int channels, int classes) {
    return named("relu-cnn-" + channels, classes);
  }

  /**
   * A linear model (multinomial logistic regression under cross entropy).
   *
   * @param features values in an example
   * @param classes width of the output
   */
  public static Architecture linear(int features, int classes) {
    return new Architecture(
        "linear-" + features,
        List.of(features),
        classes,
        List.of(new Dense(features, classes, true)));
  }

  /**
   * A linear model over the means of 8 x 8 blocks of each channel of 3 x 32 x 32 images: with the
   * squared error, a quadratic problem of 490 weights at 10 classes on real pictures.
   *
   * @param classes width of the output
   */
  public static Architecture pooledLinear(int classes) {
    return named("pooled-linear", classes);
  }

  /** Layers, and a dense one over all that they leave. */
  private static Architecture headed(
      String name, List<Integer> inputShape, List<Layer> body, int classes) {
    List<Layer> layers = new ArrayList<>(body);
    layers.add(new Flatten());
    int features = Shapes.after(name + ": ", layers, inputShape).get(0);
    layers.add(new Dense(features, classes, true));
    return new Architecture(name, inputShape, classes, layers);
  }
}
