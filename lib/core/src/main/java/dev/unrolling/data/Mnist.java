package dev.unrolling.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * MNIST: 60,000 training and 10,000 test pictures of handwritten digits, {@code (1, 28, 28)}, from
 * the authors' idx files in their order.
 */
public final class Mnist {

  /** Short name, for the cache and the command line. */
  public static final String NAME = "mnist";

  /** Mean and standard deviation of the training pixels, to four digits. */
  public static final ImageDataset.Normalisation NORMALISATION =
      new ImageDataset.Normalisation(List.of(0.1307), List.of(0.3081));

  private static final int LABELS = 0x801;
  private static final int PICTURES = 0x803;

  private Mnist() {}

  /**
   * The 60,000 training pictures, fetched on first use.
   *
   * @throws DataException if they cannot be had or are damaged
   */
  public static ImageDataset train(DataCache cache) {
    return read("MNIST train", cache.fetch(DataDescriptor.of(NAME)).resolve("data"), "train");
  }

  /**
   * The 10,000 test pictures, fetched on first use.
   *
   * @throws DataException if they cannot be had or are damaged
   */
  public static ImageDataset test(DataCache cache) {
    return read("MNIST test", cache.fetch(DataDescriptor.of(NAME)).resolve("data"), "t10k");
  }

  /**
   * The pictures and labels of two idx files, {@code PREFIX-images-idx3-ubyte} and {@code
   * PREFIX-labels-idx1-ubyte}, in the classes and normalisation of MNIST; of any number and size.
   *
   * @param name for tables and messages
   * @param folder of the files
   * @param prefix {@code "train"} or {@code "t10k"}
   * @throws DataException if a file is missing or damaged, or there are not as many labels
   */
  public static ImageDataset read(String name, Path folder, String prefix) {
    Idx pictures = Idx.read(folder.resolve(prefix + "-images-idx3-ubyte"), PICTURES);
    Idx labels = Idx.read(folder.resolve(prefix + "-labels-idx1-ubyte"), LABELS);
    if (labels.extents[0] != pictures.extents[0]) {
      throw FileErrors.wrong(
          labels.file, labels.extents[0] + " labels", pictures.extents[0] + " labels");
    }
    List<String> classNames = DataDescriptor.of(NAME).classNames("label");
    int[] classes = new int[labels.bytes.length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = labels.bytes[i] & 0xff;
      if (classes[i] >= classNames.size()) {
        throw FileErrors.wrong(
            labels.file,
            "label " + classes[i] + " at place " + i,
            "a label from 0 to " + (classNames.size() - 1));
      }
    }
    return new ImageDataset(
        name,
        new ImageDataset.Shape(1, pictures.extents[1], pictures.extents[2]),
        pictures.bytes,
        classes,
        classNames,
        NORMALISATION);
  }

  /** An idx file of bytes: a magic number, an extent a dimension, and the bytes, row-major. */
  private record Idx(Path file, int[] extents, byte[] bytes) {

    /**
     * @param magic whose last byte is the number of dimensions
     */
    static Idx read(Path file, int magic) {
      long size = FileErrors.requireFile(file);
      try (DataInputStream in =
          new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
        int found = in.readInt();
        if (found != magic) {
          throw FileErrors.wrong(
              file,
              "the magic number " + Integer.toHexString(found),
              Integer.toHexString(magic) + ", that of the unpacked idx file");
        }
        int[] extents = new int[magic & 0xff];
        for (int i = 0; i < extents.length; i++) {
          extents[i] = in.readInt();
        }
        double bytes = Arrays.stream(extents).asDoubleStream().reduce(1, (a, b) -> a * b);
        long head = 4L + 4L * extents.length;
        if (Arrays.stream(extents).anyMatch(extent -> extent < 1) || bytes != size - head) {
          throw FileErrors.wrong(
              file,
              size + " bytes for the extents " + Arrays.toString(extents),
              "as many bytes as these make, and " + head);
        }
        return new Idx(file, extents, in.readAllBytes());
      } catch (EOFException e) {
        throw FileErrors.wrong(file, "an end within the head", "an idx file", e);
      } catch (IOException e) {
        throw FileErrors.failed(file, e);
      }
    }
  }
}
