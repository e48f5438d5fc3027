package dev.unrolling.engine.torch;

import dev.unrolling.engine.Precision;
import java.util.Map;

/** Which order of the values of an image in memory the environment asks for. */
final class Layout {

  static final String VARIABLE = "UNROLLING_LAYOUT";
  static final String CHANNELS_LAST = "channels-last";
  static final String CHANNELS_FIRST = "channels-first";

  private Layout() {}

  /**
   * What the environment asks for, or what was faster: channels-last on a CPU, where it is always
   * so, and on a GPU in the coarser precisions; channels-first on a GPU in float32 (an H100, a step
   * of a ResNet-18 in PyTorch, batch 128: 16.2 ms for 17.1 where cuDNN times its algorithms, 17.6
   * for 21.4 where it does not).
   *
   * @throws IllegalArgumentException if the environment asks for what there is not
   */
  static boolean isChannelsLast(
      String device, Precision precision, Map<String, String> environment) {
    boolean isCoarse = precision == Precision.TF32 || precision == Precision.BFLOAT16;
    String asked = environment.getOrDefault(VARIABLE, isCoarse ? CHANNELS_LAST : CHANNELS_FIRST);
    if (!asked.equals(CHANNELS_LAST) && !asked.equals(CHANNELS_FIRST)) {
      throw new IllegalArgumentException(
          VARIABLE + " is " + CHANNELS_LAST + " or " + CHANNELS_FIRST + ", not \"" + asked + "\"");
    }
    return asked.equals(CHANNELS_LAST) || !TorchEngine.isCuda(device);
  }
}
