package dev.unrolling.cli.options;

import dev.unrolling.settings.SettingsJson;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a command changes in the settings of runs, each setting once.
 *
 * @param assignments e.g. {@code "gamma=5"}
 * @param seeds in place of those there are, e.g. {@code "0..4"}; null for none
 */
record Changes(List<String> assignments, String seeds) {

  /** The settings that are changed. */
  Set<String> names() {
    Set<String> names = ofSeeds();
    assignments.forEach(assignment -> names.add(SettingsJson.name(assignment)));
    return names;
  }

  private Set<String> ofSeeds() {
    return new HashSet<>(seeds == null ? Set.of() : Set.of("seed"));
  }

  /** A run with the assignments. */
  <S extends Record> S of(S run) {
    Set<String> names = ofSeeds();
    S changed = run;
    for (String assignment : assignments) {
      requireOnce(SettingsJson.name(assignment), names.add(SettingsJson.name(assignment)));
      changed = SettingsJson.set(changed, assignment);
    }
    return changed;
  }

  /** Runs with each of the seeds, which count fastest, each run once. */
  <S extends Record> List<S> withSeeds(List<S> runs) {
    return (seeds == null ? runs : SeedRange.each(runs, SeedRange.list(seeds)))
        .stream().distinct().toList();
  }

  /** Refuses to change what a grid names. */
  void requireApart(Set<String> grid) {
    for (String assignment : assignments) {
      requireOnce(SettingsJson.name(assignment), !grid.contains(SettingsJson.name(assignment)));
    }
    requireOnce("seed", seeds == null || !grid.contains("seed"));
  }

  private static void requireOnce(String name, boolean isOnce) {
    if (!isOnce) {
      throw new IllegalArgumentException(
          name + " is given twice: by --set, --seeds or a grid; which one is meant?");
    }
  }
}
