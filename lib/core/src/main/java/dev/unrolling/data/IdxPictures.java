package dev.unrolling.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * Grey pictures in the format of MNIST, which Fashion-MNIST, KMNIST and others share: a file of
 * pictures, {@code ...-images-idx3-ubyte}, and beside it one of labels, {@code
 * ...-labels-idx1-ubyte}, both with or without {@code .gz}. The format is described by LeCun,
 * Cortes and Burges at their page of MNIST: big-endian, a number that tells type and rank, the
 * extents, the bytes.
 */
public final class IdxPictures {

  private static final int PICTURES = 0x803;
  private static final int LABELS = 0x801;

  private record Content(int[] extents, byte[] values) {}

  private IdxPictures() {}

  /**
   * Whether a file is called as pictures of this format are, e.g. {@code
   * train-images-idx3-ubyte.gz}.
   */
  public static boolean isNamedSo(Path file) {
    return file.getFileName().toString().matches(".*images[-.]idx3-ubyte(\\.gz)?");
  }

  /**
   * Reads a file of pictures and the labels beside it, normalised by what is measured on it. The
   * classes are called by their numbers.
   *
   * @param name for tables and messages
   * @param pictures the file of pictures
   * @throws DataException naming the file that is not as it should be
   * @throws IllegalArgumentException if the pictures have one value throughout
   */
  public static ImageDataset read(String name, Path pictures) {
    return read(name, pictures, Optional.empty());
  }

  /**
   * Reads a file of pictures and the labels beside it, normalised by what is given.
   *
   * @param name for tables and messages
   * @param pictures the file of pictures
   * @param normalisation of one channel
   * @throws DataException naming the file that is not as it should be
   */
  public static ImageDataset read(
      String name, Path pictures, ImageDataset.Normalisation normalisation) {
    return read(name, pictures, Optional.of(normalisation));
  }

  private static ImageDataset read(
      String name, Path pictures, Optional<ImageDataset.Normalisation> normalisation) {
    String beside =
        pictures.getFileName().toString().replace("images", "labels").replace("idx3", "idx1");
    Path file = pictures.resolveSibling(beside);
    Content pixels = content(pictures, PICTURES);
    Content labels = content(file, LABELS);
    if (pixels.extents[0] != labels.extents[0]) {
      throw FileErrors.wrong(
          file, labels.extents[0] + " labels", pixels.extents[0] + ", one a picture");
    }
    int[] numbers =
        IntStream.range(0, labels.values.length).map(i -> labels.values[i] & 0xff).toArray();
    int classes = IntStream.of(numbers).max().orElse(0) + 1;
    ImageDataset.Shape shape = new ImageDataset.Shape(1, pixels.extents[1], pixels.extents[2]);
    return new ImageDataset(
        name,
        shape,
        pixels.values,
        numbers,
        IntStream.range(0, classes).mapToObj(Integer::toString).toList(),
        normalisation.orElseGet(() -> ChannelStatistics.of(shape, pixels.values)));
  }

  private static Content content(Path file, int kind) {
    FileErrors.requireFile(file);
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
        DataInputStream in =
            new DataInputStream(file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw)) {
      int found = in.readInt();
      if (found != kind) {
        throw FileErrors.wrong(
            file,
            "a file that begins with " + found,
            "one of idx, which begins with " + kind + " here");
      }
      int[] shape = new int[kind & 0xff];
      long size = 1;
      for (int i = 0; i < shape.length; i++) {
        shape[i] = in.readInt();
        size *= shape[i];
        if (shape[i] < 1 || size > Integer.MAX_VALUE - 8) {
          throw FileErrors.wrong(
              file,
              "extents that make no array or too large a one",
              "at least 1, up to 2^31 bytes");
        }
      }
      byte[] values = in.readNBytes((int) size);
      if (values.length != size || in.read() >= 0) {
        throw FileErrors.wrong(
            file, values.length < size ? "an end too early" : "more bytes", size + " values");
      }
      return new Content(shape, values);
    } catch (EOFException cutOff) {
      throw FileErrors.wrong(file, "an end in its head", "a whole file of idx", cutOff);
    } catch (IOException e) {
      throw FileErrors.failed(file, e);
    }
  }
}
