package dev.unrolling.forgetting;

import java.util.Arrays;
import java.util.Locale;

/** By which claim v is predicted. */
public enum Prediction {
  /** Not at all; the unlearning error neither. */
  NONE,
  /** One Hessian for all steps (2.11): a fixed cost, whatever the run was. */
  ONE_HESSIAN,
  /** The leading term (2.4b): a product with the Hessian of each batch; of a single gradient. */
  LEADING_TERM,
  /** Along the trajectory (2.10): trains again with a product beside each step. */
  TRAJECTORY;

  /**
   * The prediction of a name, e.g. {@code "one-hessian"}.
   *
   * @throws IllegalArgumentException naming those there are
   */
  public static Prediction named(String name) {
    for (Prediction one : values()) {
      if (one.toString().equals(name.toLowerCase(Locale.ROOT))) {
        return one;
      }
    }
    throw new IllegalArgumentException(
        "no prediction \"" + name + "\"; there is " + Arrays.toString(values()));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
