package dev.unrolling.experiment;

import dev.unrolling.data.Named;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** The experiments there are: those of all {@link ExperimentProvider}s. */
public final class Experiments {

  /** E2 before E10. */
  private static final Comparator<String> NATURAL =
      Comparator.<String, String>comparing(id -> id.replaceAll("\\d+$", ""))
          .thenComparing(String::length)
          .thenComparing(Comparator.naturalOrder());

  private Experiments() {}

  /** All of them, in the order of their ids. */
  public static List<Experiment<?>> all() {
    return Named.registered(ExperimentProvider.class).stream()
        .flatMap(provider -> provider.experiments().stream())
        .sorted(Comparator.<Experiment<?>, String>comparing(Experiment::id, NATURAL))
        .collect(Collectors.toUnmodifiableList());
  }

  /** Those that have settings of all of these names, in the order of their ids. */
  public static List<Experiment<?>> having(List<String> settings) {
    return all().stream()
        .filter(
            one ->
                settings.isEmpty()
                    || SettingsJson.names(one.base(Scale.SMOKE)).containsAll(settings))
        .collect(Collectors.toUnmodifiableList());
  }

  /**
   * The experiment of an id.
   *
   * @param id in lower or upper case
   * @throws IllegalArgumentException if there is none, naming those there are, or more than one
   */
  public static Experiment<?> of(String id) {
    List<Experiment<?>> all = all();
    List<Experiment<?>> meant = all.stream().filter(one -> one.id().equalsIgnoreCase(id)).toList();
    if (meant.size() == 1) {
      return meant.get(0);
    }
    throw new IllegalArgumentException(
        meant.isEmpty()
            ? "no experiment is called \""
                + id
                + "\"; there is "
                + all.stream().map(Experiment::id).collect(Collectors.joining(", "))
            : "more than one experiment is called \""
                + id
                + "\": "
                + meant.stream().map(Experiment::title).collect(Collectors.joining("; "))
                + "; rename all but one, or take them off the class path");
  }
}
