package dev.unrolling.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** How much of an experiment is run. */
public enum Scale {
  /** Every part, tiny: for continuous integration. */
  SMOKE,
  /** Real data, small networks, minutes on two cores. */
  QUICK,
  /**
   * Experiments with a ResNet-20 that is really trained, on all 50,000 images: a night on a CPU;
   * theory as at {@link #QUICK}.
   */
  DESK,
  /** Experiments at the authors' size, for a GPU; theory as at {@link #QUICK}. */
  PAPER;

  /** Environment variable that chooses the scale. */
  public static final String VARIABLE = "UNROLLING_SCALE";

  /**
   * The scale of a name.
   *
   * @param name in lower or upper case, e.g. {@code "quick"}
   * @throws IllegalArgumentException naming the scales there are
   */
  public static Scale of(String name) {
    return Arrays.stream(values())
        .filter(scale -> scale.name().equalsIgnoreCase(name.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no scale is called \""
                        + name
                        + "\"; there is "
                        + String.join(", ", Arrays.stream(values()).map(Scale::toString).toList())
                        + " ("
                        + VARIABLE
                        + " chooses)"));
  }

  /** The scale that {@code UNROLLING_SCALE} names, {@link #QUICK} if it is not set. */
  public static Scale fromEnvironment() {
    return fromEnvironment(System.getenv());
  }

  public static Scale fromEnvironment(Map<String, String> environment) {
    return of(environment.getOrDefault(VARIABLE, "quick"));
  }

  /** Whether networks are small, so that several runs at once are faster than one on all cores. */
  public boolean isSmall() {
    return this == SMOKE || this == QUICK;
  }

  /** The name in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
