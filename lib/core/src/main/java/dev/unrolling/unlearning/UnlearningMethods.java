package dev.unrolling.unlearning;

import dev.unrolling.data.Named;
import dev.unrolling.engine.Network;
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

  /**
   * What a method makes of a request, if it keeps to {@link UnlearningMethod#unlearn}: a network
   * other than the one that it was given, of the same architecture. A method of one's own is best
   * called by this.
   *
   * @return a new network that the caller closes
   * @throws IllegalArgumentException naming the method and what it gave, or if the request lacks
   *     what it needs
   */
  public static Network apply(UnlearningMethod method, UnlearningRequest request) {
    Network made = method.unlearn(request);
    if (made == null) {
      throw wrong(method, "no network");
    }
    if (made == request.trained()) {
      throw wrong(method, "the network that it was given");
    }
    if (!made.architecture().equals(request.trained().architecture())) {
      String found = made.architecture().name();
      made.close();
      throw wrong(
          method,
          "a network \"" + found + "\" for \"" + request.trained().architecture().name() + "\"");
    }
    return made;
  }

  private static IllegalArgumentException wrong(UnlearningMethod method, String found) {
    return new IllegalArgumentException(
        "unlearning by \""
            + method.name()
            + "\" gave "
            + found
            + "; a method gives a new network of the same architecture, such as"
            + " request.trained().copy() with other weights");
  }

  /** The names there are. */
  public static List<String> names() {
    return Named.all(UnlearningMethod.class).stream().map(Named::name).toList();
  }
}
