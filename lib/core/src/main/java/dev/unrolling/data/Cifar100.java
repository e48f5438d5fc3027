package dev.unrolling.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * CIFAR-100: 50,000 training and 10,000 test images of {@code (3, 32, 32)}, each with a label among
 * 100 fine classes and one among 20 coarse ones, from the authors' binary files in their order.
 */
public final class Cifar100 {

  /** Short name, for the cache and the command line. */
  public static final String NAME = "cifar100";

  /** Name of the same images with their 20 coarse labels, as settings give it. */
  public static final String SUPERCLASSES = "cifar100-superclasses";

  /** The constants the authors of the paper use, to five digits. */
  public static final ImageDataset.Normalisation NORMALISATION =
      new ImageDataset.Normalisation(
          List.of(0.50708, 0.48655, 0.44092), List.of(0.26733, 0.25644, 0.27615));

  /** Which of an image's two labels is read. */
  public enum Labelling {
    /** 100 classes: the usual one. */
    FINE,
    /** 20 superclasses. */
    COARSE
  }

  private Cifar100() {}

  /** The class names of a labelling, in label order. */
  static List<String> classNames(Labelling labelling) {
    return DataDescriptor.of(NAME).classNames(labelling.name().toLowerCase(Locale.ROOT));
  }

  /**
   * The 50,000 training images with fine labels, fetched on first use.
   *
   * @throws DataException if they cannot be had or are damaged
   */
  public static ImageDataset train(DataCache cache) {
    return train(cache, Labelling.FINE);
  }

  /**
   * The 50,000 training images, fetched on first use.
   *
   * @param labelling which label to read
   * @throws DataException if they cannot be had or are damaged
   */
  public static ImageDataset train(DataCache cache, Labelling labelling) {
    return trainFromFolder(cache.fetch(DataDescriptor.of(NAME)), labelling);
  }

  /**
   * The 10,000 test images with fine labels, fetched on first use.
   *
   * @throws DataException if they cannot be had or are damaged
   */
  public static ImageDataset test(DataCache cache) {
    return test(cache, Labelling.FINE);
  }

  /**
   * The 10,000 test images, fetched on first use.
   *
   * @param labelling which label to read
   * @throws DataException if they cannot be had or are damaged
   */
  public static ImageDataset test(DataCache cache, Labelling labelling) {
    return testFromFolder(cache.fetch(DataDescriptor.of(NAME)), labelling);
  }

  /**
   * The training images of a folder.
   *
   * @param folder with train.bin
   * @param labelling which label to read
   * @throws DataException if the file is missing or damaged
   */
  public static ImageDataset trainFromFolder(Path folder, Labelling labelling) {
    return layout(labelling).read("CIFAR-100 train", List.of(folder.resolve("train.bin")), 50_000);
  }

  /**
   * The test images of a folder.
   *
   * @param folder with test.bin
   * @param labelling which label to read
   * @throws DataException if the file is missing or damaged
   */
  public static ImageDataset testFromFolder(Path folder, Labelling labelling) {
    return layout(labelling).read("CIFAR-100 test", List.of(folder.resolve("test.bin")), 10_000);
  }

  /** The layout of a record: coarse label, fine label, then the pixels. */
  static CifarBatches layout(Labelling labelling) {
    return new CifarBatches(
        2, labelling == Labelling.COARSE ? 0 : 1, classNames(labelling), NORMALISATION);
  }
}
