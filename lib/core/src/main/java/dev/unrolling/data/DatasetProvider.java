package dev.unrolling.data;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * A data set that settings and the command line can name. With what is here of it known before it
 * is read, settings can be checked and networks built without its data.
 */
public interface DatasetProvider extends Named {

  /**
   * Both parts of a data set.
   *
   * @param train what is trained on
   * @param test what accuracies are measured on
   */
  record Parts(Dataset train, Dataset test) {

    /**
     * Checks that the parts are of one kind.
     *
     * @throws IllegalArgumentException if their classes or shapes differ
     */
    public Parts {
      if (!train.classNames().equals(test.classNames())
          || !Arrays.equals(train.exampleShape(), test.exampleShape())) {
        throw new IllegalArgumentException(
            "training and test set must have the same classes and shapes, but "
                + described(train)
                + ", and "
                + described(test));
      }
    }

    private static String described(Dataset data) {
      return data.name()
          + " has "
          + data.classNames()
          + " and "
          + Arrays.toString(data.exampleShape());
    }
  }

  /** One name a class, in label order. */
  List<String> classNames();

  /** Shape of one example: {@code (channel, height, width)} or {@code (feature)}. */
  List<Integer> exampleShape();

  /**
   * Reads both parts; fetches them first if they are not there. Called once for a name.
   *
   * @param name that was asked for: {@link #name()}, or one of the family
   * @param cache of the data sets and features
   * @param progress told in a line how far it is
   * @throws DataException if the data cannot be had or are damaged
   */
  Parts read(String name, DataCache cache, Consumer<String> progress);

  /**
   * The data set of a name, as it says it is.
   *
   * @throws IllegalArgumentException if there is none, naming those there are, or it is not what
   *     its provider says
   * @throws DataException if the data cannot be had or are damaged
   */
  static Parts read(DataCache cache, String name, Consumer<String> progress) {
    DatasetProvider provider = named(name);
    Parts parts = provider.read(name, cache, progress);
    List<Integer> shape = Arrays.stream(parts.train.exampleShape()).boxed().toList();
    if (!shape.equals(provider.exampleShape())
        || !parts.train.classNames().equals(provider.classNames())) {
      throw new IllegalArgumentException(
          Parts.described(parts.train)
              + ", but "
              + provider.getClass().getName()
              + " says "
              + provider.classNames()
              + " and "
              + provider.exampleShape());
    }
    return parts;
  }

  /**
   * What provides the data set of a name.
   *
   * @throws IllegalArgumentException if there is none, naming those there are
   */
  static DatasetProvider named(String name) {
    return Named.find(DatasetProvider.class, "data set", name);
  }
}
