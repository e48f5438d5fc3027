package dev.unrolling.experiment;

import dev.unrolling.data.Cifar100;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.DatasetProvider;
import java.util.Map;
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
   * One data set, whatever it is called.
   *
   * @param train what is trained on
   * @param test what accuracies are measured on
   */
  static DataSets only(Dataset train, Dataset test) {
    return name -> new Parts(train, test);
  }

  /**
   * Those of all {@link DatasetProvider}s: {@code cifar10}, {@code cifar100}, {@code imdb-N} (see
   * {@link NamedReviews}) and those that a user adds. Each is fetched and read when first asked
   * for, and kept.
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
    DatasetProvider.Parts parts = DatasetProvider.read(cache, name, progress);
    return new Parts(parts.train(), parts.test());
  }
}
