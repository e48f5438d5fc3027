package dev.unrolling.engine;

/** A loss that may still be on its way from a device. */
@FunctionalInterface
public interface Loss {

  /** The value; waits for the device the first time. */
  double value();
}
