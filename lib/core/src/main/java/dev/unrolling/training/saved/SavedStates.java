package dev.unrolling.training.saved;

import dev.unrolling.engine.NetworkState;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a run that stopped early leaves to go on from.
 *
 * @param step number of steps taken when the states were saved
 * @param networks the state of M, and of M' if it was trained beside it
 * @param file the saved run that holds them, if the run had a {@link SavePolicy}
 */
public record SavedStates(int step, List<NetworkState> networks, Optional<Path> file) {

  /** Copies the list. */
  public SavedStates {
    networks = List.copyOf(networks);
  }

  @Override
  public String toString() {
    return "the state after "
        + step
        + " steps is "
        + file.map(path -> "in " + path).orElse("carried by this exception");
  }
}
