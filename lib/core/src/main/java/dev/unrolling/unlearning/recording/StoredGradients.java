package dev.unrolling.unlearning.recording;

import dev.unrolling.engine.Precision;

/**
 * What a method must keep to be able to forget.
 *
 * @param gradients of what is forgotten, one a checkpoint that a visit relied on
 * @param size values in each: the number of weights p
 * @param precision of the values
 */
public record StoredGradients(int gradients, long size, Precision precision) {

  /** Memory of all gradients, in bytes. */
  public long bytes() {
    return gradients * size * (precision == Precision.FLOAT64 ? Double.BYTES : Float.BYTES);
  }
}
