package dev.unrolling.engine.torch;

import java.util.Map;

/** Which order of the values of an image in memory the environment asks for. */
final class Layout {

  static final String VARIABLE = "UNROLLING_LAYOUT";
  static final String CHANNELS_LAST = "channels-last";
  static final String CHANNELS_FIRST = "channels-first";

  private Layout() {}

  /**
   * Channels-last unless the environment says otherwise: on a CPU, where that was the faster one
   * wherever it was measured, always.
   *
   * @throws IllegalArgumentException if the environment asks for what there is not
   */
  static boolean isChannelsLast(String device, Map<String, String> environment) {
    String asked = environment.getOrDefault(VARIABLE, CHANNELS_LAST);
    if (!asked.equals(CHANNELS_LAST) && !asked.equals(CHANNELS_FIRST)) {
      throw new IllegalArgumentException(
          VARIABLE + " is " + CHANNELS_LAST + " or " + CHANNELS_FIRST + ", not \"" + asked + "\"");
    }
    return asked.equals(CHANNELS_LAST) || !TorchEngine.isCuda(device);
  }
}
