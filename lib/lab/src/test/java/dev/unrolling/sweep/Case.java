package dev.unrolling.sweep;

import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Layer;
import dev.unrolling.model.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One point of the space that {@link NativeSweep} searches: a layer on an input of some shape, in a
 * network that trains through it.
 *
 * @param index of the point in {@code 0 .. COUNT - 1}, which says all of it
 * @param engine that computes
 * @param precision of its steps
 * @param channelsFirst whether images lie in memory so, which on a CPU they never do for a user
 * @param threads that compute
 * @param batch examples
 * @param channels of the layer's input
 * @param height of the pictures
 * @param width of the pictures
 * @param layer under test
 */
record Case(
    long index,
    String engine,
    Precision precision,
    boolean channelsFirst,
    int threads,
    int batch,
    int channels,
    int height,
    int width,
    Layer layer) {

  private record Way(String engine, Precision precision, boolean channelsFirst) {}

  private static final List<Way> WAYS =
      List.of(
          new Way("torch", Precision.FLOAT32, false),
          new Way("torch", Precision.BFLOAT16, false),
          new Way("torch", Precision.FLOAT64, false),
          new Way("torch", Precision.FLOAT32, true),
          new Way("dl4j", Precision.FLOAT32, false),
          new Way("dl4j", Precision.FLOAT64, false));
  private static final int[] THREADS = {1, 2, 3, 4, 6, 12};
  private static final int LARGEST_BATCH = 33;
  private static final int[] CHANNELS = {1, 3, 4, 7, 8, 12, 15, 16, 17};
  private static final int[][] PICTURES = {
    {1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}, {7, 7}, {8, 8}, {13, 13}, {16, 16}, {31, 31}, {32, 32},
    {64, 64}, {1, 8}, {5, 3}, {16, 9}, {32, 7}, {1, 64}
  };
  private static final int KINDS = layers(1).size();

  /** Points in all. */
  static final long COUNT =
      (long) WAYS.size()
          * THREADS.length
          * LARGEST_BATCH
          * CHANNELS.length
          * PICTURES.length
          * KINDS;

  /** Takes one digit after the other off an index. */
  private static final class Digits {
    private long rest;

    Digits(long index) {
      this.rest = index;
    }

    int next(int base) {
      int digit = (int) (rest % base);
      rest /= base;
      return digit;
    }
  }

  /** The case of an index. */
  static Case of(long index) {
    Digits digits = new Digits(index);
    int kind = digits.next(KINDS);
    int channels = CHANNELS[digits.next(CHANNELS.length)];
    int[] picture = PICTURES[digits.next(PICTURES.length)];
    int batch = 1 + digits.next(LARGEST_BATCH);
    int threads = THREADS[digits.next(THREADS.length)];
    Way way = WAYS.get(digits.next(WAYS.size()));
    return new Case(
        index,
        way.engine,
        way.precision,
        way.channelsFirst,
        threads,
        batch,
        channels,
        picture[0],
        picture[1],
        layers(channels).get(kind));
  }

  /**
   * The index of a case of torch on square pictures.
   *
   * @param layer one of those that are swept, on {@code channels}
   */
  static long find(
      Precision precision, int threads, int batch, int channels, int side, Layer layer) {
    long index = WAYS.indexOf(new Way("torch", precision, false));
    index = index * THREADS.length + Arrays.binarySearch(THREADS, threads);
    index = index * LARGEST_BATCH + batch - 1;
    index = index * PICTURES.length + pictures().indexOf(List.of(side, side));
    index = index * CHANNELS.length + Arrays.binarySearch(CHANNELS, channels);
    return index * KINDS + layers(channels).indexOf(layer);
  }

  private static List<List<Integer>> pictures() {
    return Arrays.stream(PICTURES).map(p -> List.of(p[0], p[1])).toList();
  }

  /** Every kind of layer, on so many channels. */
  private static List<Layer> layers(int channels) {
    List<Layer> all = new ArrayList<>();
    for (int kernel : new int[] {1, 3, 5}) {
      for (int stride : new int[] {1, 2, 3}) {
        for (int padding : new int[] {0, 1, 2}) {
          for (int out : new int[] {1, channels, 2 * channels}) {
            all.add(new Layer.Convolution(channels, out, kernel, stride, padding, out == 1));
          }
        }
      }
    }
    all.add(new Layer.BatchNorm(channels));
    all.add(new Layer.MaxPool(2));
    all.add(new Layer.MaxPool(3));
    all.add(new Layer.AveragePool(2));
    all.add(new Layer.AveragePool(4));
    all.add(new Layer.Flatten());
    for (int stride : new int[] {1, 2, 3}) {
      for (int out : new int[] {channels, 2 * channels}) {
        all.add(residual(channels, out, stride));
      }
    }
    return all;
  }

  /** A block of a ResNet. */
  private static Layer residual(int in, int out, int stride) {
    List<Layer> body =
        List.of(
            new Layer.Convolution(in, out, 3, stride, 1, false),
            new Layer.BatchNorm(out),
            new Layer.Tanh(),
            new Layer.Convolution(out, out, 3, 1, 1, false));
    boolean identity = stride == 1 && in == out;
    return new Layer.Residual(
        body, identity ? List.of() : List.of(new Layer.Convolution(in, out, 1, stride, 0, false)));
  }

  /** Classes of the network. */
  static final int CLASSES = 3;

  /**
   * A network whose derivatives pass through the layer: a norm before it has its input's derivative
   * taken, and all is smooth but for a max pool.
   *
   * @throws IllegalArgumentException if the layer does not fit the pictures
   */
  Architecture architecture() {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Layer.BatchNorm(channels));
    layers.add(layer);
    layers.add(new Layer.Tanh());
    layers.add(new Layer.Flatten());
    List<Integer> shape = List.of(channels, height, width);
    for (Layer each : layers) {
      shape = Shapes.after(each, shape);
    }
    layers.add(new Layer.Dense(shape.get(0), CLASSES, true));
    return new Architecture("case", List.of(channels, height, width), CLASSES, layers);
  }

  /** What the table counts together. */
  String group() {
    return engine
        + " "
        + precision
        + (channelsFirst ? " channels-first " : " ")
        + layer.getClass().getSimpleName()
        + (layer instanceof Layer.Convolution c ? " " + c.kernel() + "x" + c.kernel() : "");
  }

  @Override
  public String toString() {
    return "case "
        + index
        + ": "
        + engine
        + " "
        + precision
        + (channelsFirst ? " channels-first" : "")
        + ", threads "
        + threads
        + ", input ("
        + batch
        + ", "
        + channels
        + ", "
        + height
        + ", "
        + width
        + "), "
        + layer;
  }
}
