package dev.unrolling.notebook;

import dev.unrolling.data.UserPath;
import dev.unrolling.engine.Engines;
import dev.unrolling.settings.Scale;
import dev.unrolling.store.Provenance;
import dev.unrolling.store.ResultStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the environment says to a notebook.
 *
 * @param scale how much is run
 * @param folder of what the notebook shows
 * @param results of runs
 */
record Surroundings(Scale scale, Path folder, Path results) {

  private static final String NAME = "[A-Za-z0-9_-][A-Za-z0-9._-]*";

  /**
   * Reads the environment.
   *
   * @param name of the notebook
   * @throws IllegalArgumentException if the name or a variable cannot be meant
   */
  static Surroundings of(String name, Map<String, String> environment) {
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is no name for a notebook; take letters, digits and . _ -");
    }
    Scale scale = Scale.of(environment.getOrDefault(Scale.VARIABLE, Scale.QUICK.toString()));
    UserPath.requireWorkingFolder();
    return new Surroundings(
        scale,
        path(Notebook.OUT_VARIABLE, environment, "out").resolve(name),
        path(ResultStore.VARIABLE, environment, "out/runs"));
  }

  private static Path path(String variable, Map<String, String> environment, String otherwise) {
    return UserPath.of(variable, environment.getOrDefault(variable, otherwise));
  }

  /** The first line of a notebook: scale, engine, version, threads. */
  static List<String> facts(Scale scale, Map<String, String> environment) {
    return List.of(
        "scale " + scale,
        "engine "
            + Optional.ofNullable(environment.get(Engines.ENGINE_VARIABLE))
                .orElse("as each experiment's default"),
        "unrolling-sgd " + Provenance.libraryVersion(),
        threads(environment));
  }

  private static String threads(Map<String, String> environment) {
    int count =
        Optional.ofNullable(environment.get("OMP_NUM_THREADS"))
            .filter(text -> text.matches("[1-9][0-9]{0,3}"))
            .map(Integer::parseInt)
            .orElseGet(Runtime.getRuntime()::availableProcessors);
    return count + (count == 1 ? " thread" : " threads");
  }
}
