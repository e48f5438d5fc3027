package dev.unrolling.engine;

/** What an engine registers, as a service, so that {@link Engines} can open it by name. */
public interface EngineProvider {

  /** The name, e.g. {@code "torch"}. */
  String name();

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
