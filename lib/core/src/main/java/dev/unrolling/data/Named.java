package dev.unrolling.data;

import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * What can be asked for by name: engines, data sets, schedules and unlearning methods. A class of
 * one's own is found once it is public, has a public constructor without parameters, and its name
 * stands on a line of a file {@code META-INF/services/INTERFACE} on the class path.
 */
public interface Named {

  /** The name, in lower case, e.g. {@code "gradient-ascent"}; one of its kind. */
  String name();

  /**
   * Whether this is meant by a name: its own, unless it stands for a family such as {@code imdb-N}.
   */
  default boolean answersTo(String asked) {
    return name().equals(asked);
  }

  /**
   * All that are registered, in the order of their names.
   *
   * @throws IllegalArgumentException as {@link #registered}
   */
  static <T extends Named> List<T> all(Class<T> type) {
    List<T> all = registered(type);
    for (T one : all) {
      if (one.name() == null || !one.name().matches("\\S+")) {
        throw new IllegalArgumentException(
            one.getClass().getName()
                + " must have a name without blanks, e.g. \"gradient-ascent\", not "
                + one.name());
      }
    }
    return all.stream().sorted(Comparator.comparing(Named::name)).toList();
  }

  /**
   * One of each class that the class path has on the lines of {@code META-INF/services/TYPE}.
   *
   * @throws IllegalArgumentException naming a class that is not there or cannot be used, and why
   */
  static <T> List<T> registered(Class<T> type) {
    try {
      return ServiceLoader.load(type, type.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();
    } catch (ServiceConfigurationError | LinkageError e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      throw new IllegalArgumentException(
          e.getMessage()
              + (root == e ? "" : ", since " + root)
              + "; META-INF/services/"
              + type.getName()
              + " names public classes on the class path, made for this version of Java, each with"
              + " a public constructor without parameters",
          e);
    }
  }

  /**
   * The registered one of a name.
   *
   * @param type whose implementations are looked through
   * @param what they are, for messages, e.g. {@code "engine"}
   * @param name that is asked for
   * @throws IllegalArgumentException if there is none, naming those there are, or more than one
   */
  static <T extends Named> T find(Class<T> type, String what, String name) {
    List<T> all = all(type);
    List<T> meant = all.stream().filter(one -> one.answersTo(name)).toList();
    if (meant.isEmpty()) {
      throw new IllegalArgumentException(
          "no "
              + what
              + " is called \""
              + name
              + "\"; there is "
              + String.join(", ", all.stream().map(Named::name).toList())
              + " (one of your own is found by a line in META-INF/services/"
              + type.getName()
              + ")");
    }
    if (meant.size() > 1) {
      throw new IllegalArgumentException(
          "more than one "
              + what
              + " is called \""
              + name
              + "\": "
              + String.join(", ", meant.stream().map(one -> one.getClass().getName()).toList())
              + "; rename all but one, or take them off the class path");
    }
    return meant.get(0);
  }
}
