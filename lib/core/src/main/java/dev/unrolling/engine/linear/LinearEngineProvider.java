package dev.unrolling.engine.linear;

import dev.unrolling.engine.Engine;
import dev.unrolling.engine.EngineProvider;
import dev.unrolling.engine.Precision;

/** Registers the engine of linear models under the name {@code "linear"}. */
public final class LinearEngineProvider implements EngineProvider {

  /** For the service loader. */
  public LinearEngineProvider() {}

  @Override
  public String name() {
    return LinearEngine.NAME;
  }

  /**
   * {@inheritDoc} It computes on the CPU wherever a GPU is asked for: its models are too small for
   * one.
   */
  @Override
  public Engine open(String device, Precision precision) {
    if (!device.matches("cpu|cuda:\\d+")) {
      throw new IllegalArgumentException(
          "no device is called \"" + device + "\"; the engine linear computes on the CPU");
    }
    return new LinearEngine().withPrecision(precision);
  }
}
