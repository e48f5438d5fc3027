package dev.unrolling.dataset;

import dev.unrolling.data.DataCache;
import dev.unrolling.data.DataDescriptor;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.DatasetProvider;
import dev.unrolling.data.Named;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

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
   * Those of all {@link DatasetProvider}s: {@code cifar10}, {@code cifar100}, {@code
   * cifar100-superclasses}, {@code mnist}, {@code imdb-N} (see {@link NamedReviews}) and those that
   * a user adds. Each is fetched and read when first asked for, and kept. The identities of the
   * library's own are known without reading them, but for {@code aclImdb} the first time and for
   * {@code cifar100-superclasses}.
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
        return identities.computeIfAbsent(
            name,
            key -> {
              DatasetProvider provider = DatasetProvider.named(key);
              if (provider instanceof NamedReviews reviews) {
                return reviews.identity(key, cache);
              }
              if (DataDescriptor.names().contains(key)) {
                return DataIdentity.usual(key, DataDescriptor.of(key).parts());
              }
              Parts parts = of(key);
              return DataIdentity.of(key, parts.train(), parts.test());
            });
      }
    };
  }

  /**
   * Number of classes of a data set that has a name, without reading it; empty for another, whose
   * own {@link Dataset#classes} tells it.
   */
  static OptionalInt classes(String name) {
    return Named.all(DatasetProvider.class).stream()
        .filter(provider -> provider.answersTo(name))
        .mapToInt(provider -> provider.classNames().size())
        .findFirst();
  }

  private static Parts read(String name, DataCache cache, Consumer<String> progress) {
    DatasetProvider.Parts parts = DatasetProvider.read(cache, name, progress);
    return new Parts(parts.train(), parts.test());
  }
}
