package dev.unrolling.training.saved;

import java.nio.file.Path;

/**
 * When and where a run saves its state.
 *
 * @param file overwritten, atomically, each time
 * @param everySteps steps between two saves, at least 1
 * @param settings names the run, e.g. a hash of its settings; a saved run loads only under the same
 *     name
 */
public record SavePolicy(Path file, int everySteps, String settings) {

  /** Checks the range. */
  public SavePolicy {
    if (everySteps < 1) {
      throw new IllegalArgumentException(
          "a run is saved every 1 step or more, not every " + everySteps);
    }
  }
}
