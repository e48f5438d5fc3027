package dev.unrolling.experiment;

import dev.unrolling.data.Cifar10;
import dev.unrolling.data.Cifar100;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.DataDescriptor;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Imdb;
import dev.unrolling.data.OnnxTextEncoder;
import java.util.Map;
import java.util.OptionalInt;
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
   * What tells the data set of a name from others; part of a run's key. By default it is made from
   * the contents.
   *
   * @throws IllegalArgumentException as {@link #of}
   */
  default DataIdentity identity(String name) {
    Parts parts = of(name);
    return DataIdentity.of(name, parts.train(), parts.test());
  }

  /**
   * One data set, whatever it is called.
   *
   * @param train what is trained on
   * @param test what accuracies are measured on
   */
  static DataSets only(Dataset train, Dataset test) {
    // The sums of a large set take a moment, and one that a user wrote may not keep its own.
    Map<String, DataIdentity> identities = new ConcurrentHashMap<>();
    Parts parts = new Parts(train, test);
    return new DataSets() {
      @Override
      public Parts of(String name) {
        return parts;
      }

      @Override
      public DataIdentity identity(String name) {
        return identities.computeIfAbsent(name, key -> DataIdentity.of(key, train, test));
      }
    };
  }

  /**
   * {@code cifar10}, {@code cifar100}, and {@code imdb-N}: MiniLM features of N training and N test
   * reviews, standardised by the training part. Each is fetched and read when first asked for, and
   * kept. Their identities are known without reading them, but for {@code aclImdb} the first time.
   *
   * @param cache of the data sets and features
   * @param progress told in a line how far encoding is
   */
  static DataSets of(DataCache cache, Consumer<String> progress) {
    Map<String, Parts> read = new ConcurrentHashMap<>();
    Map<String, DataIdentity> identities = new ConcurrentHashMap<>();
    return new DataSets() {
      @Override
      public Parts of(String name) {
        return read.computeIfAbsent(name, key -> read(key, cache, progress));
      }

      @Override
      public DataIdentity identity(String name) {
        return identities.computeIfAbsent(name, key -> identify(key, cache));
      }
    };
  }

  /**
   * Number of classes of a data set that comes with the library, without reading it; empty for the
   * name of another, whose own {@link Dataset#classes} tells it.
   */
  static OptionalInt classes(String name) {
    if (reviews(name) > 0) {
      return OptionalInt.of(DataDescriptor.of(Imdb.NAME).classNames("label").size());
    }
    return switch (name) {
      case Cifar10.NAME -> OptionalInt.of(DataDescriptor.of(name).classNames("label").size());
      case Cifar100.NAME -> OptionalInt.of(DataDescriptor.of(name).classNames("fine").size());
      default -> OptionalInt.empty();
    };
  }

  /** N in {@code imdb-N}; 0 for another name. */
  private static int reviews(String name) {
    Matcher reviews = Pattern.compile("imdb-([1-9][0-9]{0,4})").matcher(name);
    return reviews.matches() ? Integer.parseInt(reviews.group(1)) : 0;
  }

  private static DataIdentity identify(String name, DataCache cache) {
    int count = reviews(name);
    if (count > 0) {
      // The vectors differ a little between kinds of processor; what they are made from does not.
      String made = "first subset, standardised, " + OnnxTextEncoder.miniLmKey();
      return new DataIdentity(
          name, count, count, RunKey.sha256(Imdb.contentSum(cache) + " " + count + " " + made));
    }
    return classes(name).isPresent()
        ? DataIdentity.usual(name, DataDescriptor.of(name).parts())
        : unknown(name);
  }

  private static <T> T unknown(String name) {
    throw new IllegalArgumentException(
        "no data set is called \""
            + name
            + "\"; there is cifar10, cifar100 and imdb-N with a number N of reviews");
  }

  private static Parts read(String name, DataCache cache, Consumer<String> progress) {
    int count = reviews(name);
    if (count > 0) {
      try (OnnxTextEncoder encoder = OnnxTextEncoder.miniLm()) {
        var features = ReviewSettings.features(encoder, cache, count, count, progress);
        return new Parts(features.train(), features.test());
      }
    }
    return switch (name) {
      case Cifar10.NAME -> new Parts(Cifar10.train(cache), Cifar10.test(cache));
      case Cifar100.NAME -> new Parts(Cifar100.train(cache), Cifar100.test(cache));
      default -> unknown(name);
    };
  }
}
