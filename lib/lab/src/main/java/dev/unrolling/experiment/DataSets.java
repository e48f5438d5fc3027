package dev.unrolling.experiment;

import dev.unrolling.data.Cifar10;
import dev.unrolling.data.Cifar100;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.Dataset;
import dev.unrolling.text.OnnxTextEncoder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the data set that settings name. */
@FunctionalInterface
public interface DataSets {

  /**
   * Both parts of a data set.
   *
   * @param train what is trained on
   * @param test what accuracies are measured on
   */
  record Parts(Dataset train, Dataset test) {}

  /**
   * The data set of a name.
   *
   * @throws IllegalArgumentException naming the data sets there are
   */
  Parts of(String name);

  /**
   * One data set, whatever it is called.
   *
   * @param train what is trained on
   * @param test what accuracies are measured on
   */
  static DataSets only(Dataset train, Dataset test) {
    return name -> new Parts(train, test);
  }

  /**
   * {@code cifar10}, {@code cifar100}, and {@code imdb-N}: MiniLM features of N training and N test
   * reviews, standardised by the training part. Each is fetched and read when first asked for, and
   * kept.
   *
   * @param cache of the data sets and features
   * @param progress told in a line how far encoding is
   */
  static DataSets of(DataCache cache, Consumer<String> progress) {
    Map<String, Parts> read = new ConcurrentHashMap<>();
    return name -> read.computeIfAbsent(name, key -> read(key, cache, progress));
  }

  /** Number of classes of a named data set, without reading it. */
  static int classes(String name) {
    return name.startsWith("imdb") ? 2 : name.equals(Cifar100.NAME) ? 100 : 10;
  }

  private static Parts read(String name, DataCache cache, Consumer<String> progress) {
    Matcher reviews = Pattern.compile("imdb-([1-9][0-9]{0,4})").matcher(name);
    if (reviews.matches()) {
      int count = Integer.parseInt(reviews.group(1));
      try (OnnxTextEncoder encoder = OnnxTextEncoder.miniLm()) {
        var features = ReviewSettings.features(encoder, cache, count, count, progress);
        return new Parts(features.train(), features.test());
      }
    }
    return switch (name) {
      case Cifar10.NAME -> new Parts(Cifar10.train(cache), Cifar10.test(cache));
      case Cifar100.NAME -> new Parts(Cifar100.train(cache), Cifar100.test(cache));
      default ->
          throw new IllegalArgumentException(
              "no data set is called \""
                  + name
                  + "\"; there is cifar10, cifar100 and imdb-N with a number N of reviews");
    };
  }
}
