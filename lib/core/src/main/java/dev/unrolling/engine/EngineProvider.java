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

  /**
   * Opens the engine with a number of threads. One that need not ask its native code for a number
   * may load it when it first computes: who only names a run, as a list of results does, then has
   * no wait for it.
   *
   * @param device e.g. {@code "cpu"} or {@code "cuda:0"}
   * @param precision of weights and computation
   * @param threads of one operation, at least 1
   * @throws IllegalArgumentException as {@link #open(String, Precision)}, or if there is no thread
   */
  default Engine open(String device, Precision precision, int threads) {
    return open(device, precision).withThreads(threads);
  }
}
