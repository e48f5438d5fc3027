package dev.unrolling.unlearning;

import dev.unrolling.data.Named;
import java.util.List;

/**
 * Unlearning methods by name, each with its own settings at their defaults; with others, make the
 * object. {@link CheckpointedUnlearning} is not among them: it reads a recorder of its own.
 */
public final class UnlearningMethods {

  private UnlearningMethods() {}

  /**
   * The method of a name.
   *
   * @param name e.g. {@code "single-gradient"}
   * @throws IllegalArgumentException naming the methods there are
   */
  public static UnlearningMethod named(String name) {
    return Named.find(UnlearningMethod.class, "unlearning method", name);
  }

  /** The names there are. */
  public static List<String> names() {
    return Named.all(UnlearningMethod.class).stream().map(Named::name).toList();
  }
}
