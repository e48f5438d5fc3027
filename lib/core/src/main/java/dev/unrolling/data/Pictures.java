package dev.unrolling.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Pictures of one size, decoded one after the other. */
final class Pictures {

  private static final String EXPECTED = "a whole picture, .png or .jpg";

  private final List<String> classNames;
  private final List<byte[]> images = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();
  private Path first;
  private int width;
  private int height;
  private boolean grey = true;

  Pictures(List<String> classNames) {
    this.classNames = classNames;
  }

  boolean isEmpty() {
    return images.isEmpty();
  }

  /** Whether all pictures are grey. */
  boolean grey() {
    return grey;
  }

  ImageDataset.Shape shape(int channels) {
    return new ImageDataset.Shape(channels, height, width);
  }

  void add(Path file, int label) {
    BufferedImage image = decode(file);
    if (images.isEmpty()) {
      first = file;
      width = image.getWidth();
      height = image.getHeight();
    } else if (image.getWidth() != width || image.getHeight() != height) {
      throw new DataException(
          file
              + " has "
              + PictureFolder.size(image.getWidth(), image.getHeight())
              + ", but "
              + first
              + " has "
              + PictureFolder.size(width, height)
              + "; scale all pictures to one size");
    }
    // Shades are read from the raster: Java's conversion to RGB would change them.
    boolean shades = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    images.add(shades ? shades(image) : colours(image));
    labels.add(label);
    grey &= shades;
  }

  private static byte[] shades(BufferedImage image) {
    Raster raster = image.getRaster();
    int most = (1 << image.getColorModel().getComponentSize(0)) - 1;
    int[] samples = raster.getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
    byte[] plane = new byte[samples.length];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = (byte) Math.round(samples[i] * 255.0 / most);
    }
    return plane;
  }

  private static byte[] colours(BufferedImage image) {
    int plane = image.getWidth() * image.getHeight();
    int[] pixels =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    byte[] planes = new byte[3 * plane];
    for (int i = 0; i < plane; i++) {
      planes[i] = (byte) (pixels[i] >> 16);
      planes[plane + i] = (byte) (pixels[i] >> 8);
      planes[2 * plane + i] = (byte) pixels[i];
    }
    return planes;
  }

  /** All pixels, {@code (example, channel, height, width)}; grey ones alike in three channels. */
  byte[] pixels(int channels) {
    int plane = width * height;
    long size = (long) images.size() * channels * plane;
    if (size > Integer.MAX_VALUE - 8) {
      throw new DataException(
          images.size()
              + " pictures of "
              + PictureFolder.size(width, height)
              + " are "
              + size
              + " bytes, more than one array can hold (2^31); take fewer or smaller ones");
    }
    byte[] all = new byte[(int) size];
    for (int i = 0; i < images.size(); i++) {
      byte[] image = images.get(i);
      for (int channel = 0; channel < channels; channel++) {
        int from = image.length == plane ? 0 : channel * plane;
        System.arraycopy(image, from, all, (i * channels + channel) * plane, plane);
      }
    }
    return all;
  }

  ImageDataset dataset(
      String name,
      ImageDataset.Shape shape,
      byte[] pixels,
      ImageDataset.Normalisation normalisation) {
    int[] indices = labels.stream().mapToInt(label -> label).toArray();
    return new ImageDataset(name, shape, pixels, indices, classNames, normalisation);
  }

  private static BufferedImage decode(Path file) {
    FileErrors.requireFile(file);
    try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw FileErrors.wrong(file, "bytes that are no picture", EXPECTED);
      }
      ImageReader reader = readers.next();
      List<String> warnings = new ArrayList<>();
      try {
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        reader.setInput(in, true, true);
        BufferedImage image = reader.read(0);
        // Readers fill what is missing with grey or black and say so here at most.
        for (String warning : warnings) {
          String lower = warning.toLowerCase(Locale.ROOT);
          if (lower.contains("premature") || lower.contains("corrupt")) {
            throw FileErrors.wrong(file, "a damaged picture (" + warning + ")", EXPECTED);
          }
        }
        if (reader.getFormatName().equalsIgnoreCase("png")) {
          requireWholePng(file);
        }
        return image;
      } finally {
        reader.dispose();
      }
    } catch (IOException | RuntimeException e) {
      if (e instanceof DataException known) {
        throw known;
      }
      throw FileErrors.wrong(file, "bytes that cannot be decoded (" + e + ")", EXPECTED, e);
    }
  }

  /** Walks over the chunks to the one that ends a PNG. */
  private static void requireWholePng(Path file) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        DataInputStream in = new DataInputStream(raw)) {
      in.skipNBytes(8);
      int type = 0;
      while (type != 0x49454e44) {
        long length = Integer.toUnsignedLong(in.readInt());
        type = in.readInt();
        in.skipNBytes(length + 4);
      }
    } catch (EOFException e) {
      throw FileErrors.wrong(file, "a picture that is cut off", EXPECTED, e);
    }
  }
}
