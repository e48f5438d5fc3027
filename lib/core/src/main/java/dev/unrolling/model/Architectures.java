package dev.unrolling.model;

import dev.unrolling.model.Layer.AveragePool;
import dev.unrolling.model.Layer.BatchNorm;
import dev.unrolling.model.Layer.Convolution;
import dev.unrolling.model.Layer.Dense;
import dev.unrolling.model.Layer.Flatten;
import dev.unrolling.model.Layer.MaxPool;
import dev.unrolling.model.Layer.Relu;
import dev.unrolling.model.Layer.Residual;
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
   * @param name {@code "resnet18"}, {@code "vgg19"}, {@code "pooled-linear"}, or one of {@code
   *     "resnet8-W"}, {@code "vgg8-W"}, {@code "tanh-cnn-W"}, {@code "tanh-bn-cnn-W"}, {@code
   *     "relu-cnn-W"} with the width W, or {@code "linear-F"}
   * @param classes width of the output
   * @throws IllegalArgumentException naming the architectures there are
   */
  public static Architecture named(String name, int classes) {
    Matcher widened = Pattern.compile("(.+)-(\\d{1,6})").matcher(name);
    int width = widened.matches() ? Integer.parseInt(widened.group(2)) : 0;
    return switch (width > 0 ? widened.group(1) : name) {
      case "resnet18" -> resnet18(classes);
      case "vgg19" -> vgg19(classes);
      case "pooled-linear" -> pooledLinear(classes);
      case "resnet8" -> resnet8(width, classes);
      case "vgg8" -> vgg8(width, classes);
      case "tanh-cnn" -> tanhCnn(width, classes);
      case "tanh-bn-cnn" -> tanhCnnWithBatchNorm(width, classes);
      case "relu-cnn" -> reluCnn(width, classes);
      case "linear" -> linear(width, classes);
      default ->
          throw new IllegalArgumentException(
              "no architecture is called \""
                  + name
                  + "\"; there is resnet18, vgg19, pooled-linear, resnet8-W, vgg8-W, tanh-cnn-W,"
                  + " tanh-bn-cnn-W, relu-cnn-W and linear-W, with a width W of at least 1");
    };
  }

  /**
   * ResNet-18, CIFAR variant: 3 x 3 stem, stages of 64, 128, 256 and 512 channels with two basic
   * blocks each, 1 x 1 shortcut where the shape changes, 4 x 4 average pool; 11,173,962 weights at
   * 10 classes.
   *
   * @param classes width of the output
   */
  public static Architecture resnet18(int classes) {
    return residual("resnet18", new int[] {64, 128, 256, 512}, 2, classes);
  }

  /**
   * ResNet-8: the same construction with one block in each of three stages of {@code width}, 2
   * {@code width} and 4 {@code width} channels.
   *
   * @param width channels of the first stage, at least 1
   * @param classes width of the output
   */
  public static Architecture resnet8(int width, int classes) {
    checkWidth(width);
    return residual("resnet8-" + width, new int[] {width, 2 * width, 4 * width}, 1, classes);
  }

  /**
   * VGG-19 with batch norm and one 512-to-classes layer, CIFAR variant; 20,040,522 weights at 10
   * classes.
   *
   * @param classes width of the output
   */
  public static Architecture vgg19(int classes) {
    return vgg(
        "vgg19", new int[][] {{64, 2}, {128, 2}, {256, 4}, {512, 4}, {512, 4}}, List.of(), classes);
  }

  /**
   * VGG-8: the same construction with stages of {@code width}, 2 {@code width} and 4 {@code width}
   * channels, of 2, 2 and 3 convolutions, and a 4 x 4 average pool.
   *
   * @param width channels of the first stage, at least 1
   * @param classes width of the output
   */
  public static Architecture vgg8(int width, int classes) {
    checkWidth(width);
    return vgg(
        "vgg8-" + width,
        new int[][] {{width, 2}, {2 * width, 2}, {4 * width, 3}},
        List.of(new AveragePool(4)),
        classes);
  }

  /**
   * A small smooth network for the checks of the theory: two 5 x 5 convolutions of stride 2 with
   * tanh, a 4 x 4 average pool and a dense layer, over 3 x 32 x 32 images.
   *
   * @param channels of both convolutions, at least 1
   * @param classes width of the output
   */
  public static Architecture tanhCnn(int channels, int classes) {
    return cnn("tanh-cnn-" + channels, channels, classes, new Tanh(), false);
  }

  /** {@link #tanhCnn} with a batch norm before each tanh. */
  public static Architecture tanhCnnWithBatchNorm(int channels, int classes) {
    return cnn("tanh-bn-cnn-" + channels, channels, classes, new Tanh(), true);
  }

  /** {@link #tanhCnn} with rectified linear units instead: it has kinks. */
  public static Architecture reluCnn(int channels, int classes) {
    return cnn("relu-cnn-" + channels, channels, classes, new Relu(), false);
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
    return new Architecture(
        "pooled-linear",
        CIFAR,
        classes,
        List.of(new AveragePool(8), new Flatten(), new Dense(48, classes, true)));
  }

  private static void checkWidth(int width) {
    if (width < 1) {
      throw new IllegalArgumentException("width must be at least 1, not " + width);
    }
  }

  /** Stages of {channels, convolutions}, each ended by a max pool; then a last pool, if any. */
  private static Architecture vgg(String name, int[][] stages, List<Layer> lastPool, int classes) {
    List<Layer> layers = new ArrayList<>();
    int channels = 3;
    for (int[] stage : stages) {
      for (int i = 0; i < stage[1]; i++) {
        layers.add(new Convolution(channels, stage[0], 3, 1, 1, true));
        layers.add(new BatchNorm(stage[0]));
        layers.add(new Relu());
        channels = stage[0];
      }
      layers.add(new MaxPool(2));
    }
    layers.addAll(lastPool);
    layers.add(new Flatten());
    layers.add(new Dense(channels, classes, true));
    return new Architecture(name, CIFAR, classes, layers);
  }

  private static Architecture cnn(
      String name, int channels, int classes, Layer activation, boolean batchNorm) {
    List<Layer> layers = new ArrayList<>();
    int in = 3;
    for (int i = 0; i < 2; i++) {
      layers.add(new Convolution(in, channels, 5, 2, 2, !batchNorm));
      if (batchNorm) {
        layers.add(new BatchNorm(channels));
      }
      layers.add(activation);
      in = channels;
    }
    layers.add(new AveragePool(4));
    layers.add(new Flatten());
    layers.add(new Dense(4 * channels, classes, true));
    return new Architecture(name, CIFAR, classes, layers);
  }

  private static Architecture residual(String name, int[] widths, int blocks, int classes) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Convolution(3, widths[0], 3, 1, 1, false));
    layers.add(new BatchNorm(widths[0]));
    layers.add(new Relu());
    int in = widths[0];
    for (int stage = 0; stage < widths.length; stage++) {
      for (int block = 0; block < blocks; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        layers.add(basicBlock(in, widths[stage], stride));
        layers.add(new Relu());
        in = widths[stage];
      }
    }
    layers.add(new AveragePool(32 >> (widths.length - 1)));
    layers.add(new Flatten());
    layers.add(new Dense(in, classes, true));
    return new Architecture(name, CIFAR, classes, layers);
  }

  private static Layer basicBlock(int in, int out, int stride) {
    List<Layer> body =
        List.of(
            new Convolution(in, out, 3, stride, 1, false),
            new BatchNorm(out),
            new Relu(),
            new Convolution(out, out, 3, 1, 1, false),
            new BatchNorm(out));
    List<Layer> shortcut =
        stride == 1 && in == out
            ? List.of()
            : List.of(new Convolution(in, out, 1, stride, 0, false), new BatchNorm(out));
    return new Residual(body, shortcut);
  }
}
