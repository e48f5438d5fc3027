package dev.unrolling.dataset;

import dev.unrolling.data.Checksums;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.DataDescriptor;
import dev.unrolling.data.DatasetProvider;
import dev.unrolling.data.Imdb;
import dev.unrolling.data.Subsets;
import dev.unrolling.data.TextDataset;
import dev.unrolling.data.TextEncoder;
import dev.unrolling.data.TextFeatures;
import dev.unrolling.text.OnnxTextEncoder;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * {@code imdb-N}: MiniLM features of N training and N test reviews, standardised by the training
 * part; {@code imdb-N-M} has M test reviews.
 */
public final class NamedReviews implements DatasetProvider {

  private static final String PREFIX = "imdb-";

  private static final Pattern FAMILY =
      Pattern.compile(PREFIX + "[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?");

  @Override
  public String name() {
    return PREFIX + "N";
  }

  @Override
  public boolean answersTo(String asked) {
    return FAMILY.matcher(asked).matches();
  }

  @Override
  public List<String> classNames() {
    return DataDescriptor.of(Imdb.NAME).classNames("label");
  }

  @Override
  public List<Integer> exampleShape() {
    return List.of(OnnxTextEncoder.MINI_LM_WIDTH);
  }

  /** What tells the data of a name from others, without encoding a text. */
  DataIdentity identity(String name, DataCache cache) {
    int[] counts = counts(name);
    // The vectors differ a little between kinds of processor; what they are made from does not.
    String made = "first subset, standardised, " + OnnxTextEncoder.miniLmKey();
    String asked = name.substring(PREFIX.length());
    return new DataIdentity(
        name,
        counts[0],
        counts[1],
        Checksums.sha256(Imdb.contentSum(cache) + " " + asked + " " + made));
  }

  /** Of training and of test reviews. */
  private static int[] counts(String name) {
    String[] counts = name.substring(PREFIX.length()).split("-");
    return new int[] {Integer.parseInt(counts[0]), Integer.parseInt(counts[counts.length - 1])};
  }

  @Override
  public Parts read(String name, DataCache cache, Consumer<String> progress) {
    int[] counts = counts(name);
    try (OnnxTextEncoder encoder = OnnxTextEncoder.miniLm()) {
      var features = features(encoder, cache, counts[0], counts[1], progress);
      return new Parts(features.train(), features.test());
    }
  }

  /**
   * The features of some reviews, encoded or found in the cache.
   *
   * @param encoder of the reviews
   * @param cache of reviews and features
   * @param train training reviews, as many of each class
   * @param test test reviews, as many of each class
   * @param progress told in a line how far it is
   */
  public static TextFeatures features(
      TextEncoder encoder, DataCache cache, int train, int test, Consumer<String> progress) {
    return TextFeatures.of(
        encoder, cache, some(Imdb.train(cache), train), some(Imdb.test(cache), test), progress);
  }

  private static TextDataset some(TextDataset texts, int count) {
    return texts.take(Subsets.stratified(texts, count, 0));
  }
}
