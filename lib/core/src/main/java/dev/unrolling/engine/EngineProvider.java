package dev.unrolling.engine;

import dev.unrolling.data.Named;

/** What an engine registers, as a service, so that {@link Engines} can open it by name. */
public interface EngineProvider extends Named {

  /**
   * Opens the engine.
   *
   * @param device e.g. {@code "cpu"} or {@code "cuda:0"}
   * @param precision of weights and computation
   * @throws IllegalArgumentException if there is no such device, or it has no such precision,
   *     saying which there are
   */
  Engine open(String device, Precision precision);
}
