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

  @Override
  public Parts read(String name, DataCache cache, Consumer<String> progress) {
    int count = Integer.parseInt(name.substring(PREFIX.length()));
    try (OnnxTextEncoder encoder = OnnxTextEncoder.miniLm()) {
      var features = ReviewSettings.features(encoder, cache, count, count, progress);
      return new Parts(features.train(), features.test());
    }
  }
}
