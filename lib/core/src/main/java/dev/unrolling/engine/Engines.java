package dev.unrolling.engine;

import dev.unrolling.data.Named;
import java.util.Map;

/** Opens engines by name. */
public final class Engines {

  /** Environment variable that overrides the choice of an engine everywhere. */
  public static final String ENGINE_VARIABLE = "UNROLLING_ENGINE";

  /** Environment variable that names the device. */
  public static final String DEVICE_VARIABLE = "UNROLLING_DEVICE";

  private Engines() {}

  /**
   * The engine that the environment names ({@code UNROLLING_ENGINE}, {@code UNROLLING_DEVICE}), or
   * the given one on the CPU.
   *
   * @param defaultName used if the environment names none, e.g. {@code "torch"}
   * @param precision of weights and computation
   */
  public static Engine fromEnvironment(String defaultName, Precision precision) {
    Map<String, String> environment = System.getenv();
    return open(
        environment.getOrDefault(ENGINE_VARIABLE, defaultName),
        environment.getOrDefault(DEVICE_VARIABLE, "cpu"),
        precision);
  }

  /**
   * The engine of a name.
   *
   * @param name e.g. {@code "torch"}
   * @param device e.g. {@code "cpu"} or {@code "cuda:0"}
   * @param precision of weights and computation
   * @throws IllegalArgumentException if there is no such engine or device
   */
  public static Engine open(String name, String device, Precision precision) {
    return Named.find(EngineProvider.class, "engine", name).open(device, precision);
  }

  /**
   * The engine of a name, with a number of threads; it may load its native code when it first
   * computes.
   *
   * @param name e.g. {@code "torch"}
   * @param device e.g. {@code "cpu"} or {@code "cuda:0"}
   * @param precision of weights and computation
   * @param threads of one operation, at least 1
   * @throws IllegalArgumentException if there is no such engine or device, or no thread
   */
  public static Engine open(String name, String device, Precision precision, int threads) {
    return Named.find(EngineProvider.class, "engine", name).open(device, precision, threads);
  }
}
