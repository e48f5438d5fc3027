package dev.unrolling.experiment;

import dev.unrolling.data.DataCache;
import dev.unrolling.data.DataDescriptor;
import dev.unrolling.data.DatasetProvider;
import dev.unrolling.data.Imdb;
import dev.unrolling.text.OnnxTextEncoder;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * {@code imdb-N}: MiniLM features of N training and N test reviews, standardised by the training
 * part.
 */
public final class NamedReviews implements DatasetProvider {

  private static final String PREFIX = "imdb-";

  private static final Pattern FAMILY = Pattern.compile(PREFIX + "[1-9][0-9]{0,4}");

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
    int count = count(name);
    // The vectors differ a little between kinds of processor; what they are made from does not.
    String made = "first subset, standardised, " + OnnxTextEncoder.miniLmKey();
    return new DataIdentity(
        name, count, count, RunKey.sha256(Imdb.contentSum(cache) + " " + count + " " + made));
  }

  private static int count(String name) {
    return Integer.parseInt(name.substring(PREFIX.length()));
  }

  @Override
  public Parts read(String name, DataCache cache, Consumer<String> progress) {
    int count = count(name);
    try (OnnxTextEncoder encoder = OnnxTextEncoder.miniLm()) {
      var features = ReviewSettings.features(encoder, cache, count, count, progress);
      return new Parts(features.train(), features.test());
    }
  }
}
