package dev.unrolling.data;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Objects;

/**
 * Labelled images kept as bytes, {@code (example, channel, height, width)}; a value is turned into
 * {@code (x / 255 - mean) / std} of its channel when it is read.
 */
public final class ImageDataset implements Dataset {

  /**
   * Extent of one image.
   *
   * @param channels 1 (grey) or 3 (red, green, blue)
   * @param height in pixels
   * @param width in pixels
   */
  public record Shape(int channels, int height, int width) {
    /** Checks the extents. */
    public Shape {
      if ((channels != 1 && channels != 3) || height < 1 || width < 1) {
        throw new IllegalArgumentException(
            "an image has 1 or 3 channels and at least one pixel, not (channels, height, width) ="
                + " (%s, %s, %s)".formatted(channels, height, width));
      }
    }

    /** Number of values in an image. */
    public int size() {
      return channels * height * width;
    }
  }

  /**
   * What is subtracted from a pixel in [0, 1] and what the rest is divided by, a channel each.
   *
   * @param mean one value a channel
   * @param std one positive value a channel
   */
  public record Normalisation(List<Double> mean, List<Double> std) {
    /** Copies and checks the lists. */
    public Normalisation {
      mean = List.copyOf(mean);
      std = List.copyOf(std);
      if (mean.size() != std.size() || std.stream().anyMatch(s -> !(s > 0))) {
        throw new IllegalArgumentException(
            "normalisation needs one mean and one positive std a channel, not %s and %s"
                .formatted(mean, std));
      }
    }
  }

  private final String name;
  private final Shape shape;
  private final byte[] pixels;
  private final int[] labels;
  private final List<String> classNames;
  private final Normalisation normalisation;
  private final double[] table;
  private volatile String contentSum = "";

  /**
   * A data set over pixels in memory.
   *
   * @param name for tables and messages
   * @param shape of one image
   * @param pixels unsigned, {@code (example, channel, height, width)}; taken over, not copied, so
   *     that a large set is held once: the caller must not change it
   * @param labels one an image, {@code 0 .. classNames.size() - 1}; copied
   * @param classNames in label order
   * @param normalisation one mean and std a channel
   * @throws IllegalArgumentException if the sizes do not fit or a label is out of range
   */
  public ImageDataset(
      String name,
      Shape shape,
      byte[] pixels,
      int[] labels,
      List<String> classNames,
      Normalisation normalisation) {
    this.name = Objects.requireNonNull(name);
    this.shape = shape;
    this.pixels = pixels;
    this.labels = Labels.checked(name, labels, classNames.size());
    this.classNames = List.copyOf(classNames);
    this.normalisation = normalisation;
    if (pixels.length != (long) labels.length * shape.size()) {
      throw new IllegalArgumentException(
          "%s: %s pixel values do not make %s images of %s"
              .formatted(name, pixels.length, labels.length, shape));
    }
    if (normalisation.mean().size() != shape.channels()) {
      throw new IllegalArgumentException(
          "%s: normalisation of %s channels for images of %s"
              .formatted(name, normalisation.mean().size(), shape.channels()));
    }
    this.table = table();
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
    return new int[] {shape.channels(), shape.height(), shape.width()};
  }

  @Override
  public int exampleSize() {
    return shape.size();
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public void writeExample(int index, double[] target, int offset) {
    int from = start(index);
    int plane = shape.height() * shape.width();
    int to = offset;
    for (int channel = 0; channel < shape.channels(); channel++) {
      for (int i = 0; i < plane; i++) {
        target[to++] = table[channel * 256 + (pixels[from++] & 0xff)];
      }
    }
  }

  /** Writes an image that was moved; outside of it pixels are black. */
  void writeMoved(int index, AugmentedImages.Move move, double[] target, int offset) {
    int from = start(index);
    int height = shape.height();
    int width = shape.width();
    int to = offset;
    for (int channel = 0; channel < shape.channels(); channel++) {
      for (int r = 0; r < height; r++) {
        int row = r + move.down();
        for (int c = 0; c < width; c++) {
          int column = (move.mirrored() ? width - 1 - c : c) + move.right();
          boolean inside = row >= 0 && row < height && column >= 0 && column < width;
          int pixel = inside ? pixels[from + (channel * height + row) * width + column] & 0xff : 0;
          target[to++] = table[channel * 256 + pixel];
        }
      }
    }
  }

  /** {@inheritDoc} Over the bytes and the normalisation, and made once. */
  @Override
  public String contentSum() {
    if (contentSum.isEmpty()) {
      contentSum =
          new ContentSum()
              .head(this)
              .add(normalisation.mean())
              .add(normalisation.std())
              .add(pixels)
              .hex();
    }
    return contentSum;
  }

  /**
   * Copies the raw unsigned bytes of one image, {@code (channel, height, width)}, for an engine
   * that normalises on its device.
   *
   * @param index {@code 0 .. size() - 1}
   * @param target receives {@link #exampleSize()} bytes
   * @param offset position in {@code target} of the first byte
   */
  public void writeBytes(int index, byte[] target, int offset) {
    System.arraycopy(pixels, start(index), target, offset, shape.size());
  }

  /** What pixels are normalised by, e.g. for a test set to be as its training set. */
  public Normalisation normalisation() {
    return normalisation;
  }

  /** What is subtracted, a channel each, in units of x / 255. A copy. */
  public double[] mean() {
    return normalisation.mean().stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** What the rest is divided by, a channel each, in units of x / 255. A copy. */
  public double[] std() {
    return normalisation.std().stream().mapToDouble(Double::doubleValue).toArray();
  }

  /**
   * One image as it looks, not normalised, for display.
   *
   * @param index {@code 0 .. size() - 1}
   */
  public BufferedImage image(int index) {
    int from = start(index);
    int plane = shape.height() * shape.width();
    int green = shape.channels() == 3 ? plane : 0;
    BufferedImage image =
        new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < plane; i++) {
      int rgb =
          (pixels[from + i] & 0xff) << 16
              | (pixels[from + green + i] & 0xff) << 8
              | (pixels[from + 2 * green + i] & 0xff);
      image.setRGB(i % shape.width(), i / shape.width(), rgb);
    }
    return image;
  }

  @Override
  public String toString() {
    return name + " (" + size() + " images, " + classes() + " classes)";
  }

  private int start(int index) {
    return Objects.checkIndex(index, labels.length) * shape.size();
  }

  /** The value of each byte in each channel: a lookup is faster than a division. */
  private double[] table() {
    double[] mean = mean();
    double[] std = std();
    double[] table = new double[mean.length * 256];
    for (int i = 0; i < table.length; i++) {
      table[i] = (i % 256 / 255.0 - mean[i / 256]) / std[i / 256];
    }
    return table;
  }
}
