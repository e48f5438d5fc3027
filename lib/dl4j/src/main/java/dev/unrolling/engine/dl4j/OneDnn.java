package dev.unrolling.engine.dl4j;

import org.deeplearning4j.config.DL4JSystemProperties;
import org.deeplearning4j.nn.layers.mkldnn.BaseMKLDNNHelper;

/**
 * Makes DL4J's layers compute by oneDNN, several times faster than without. Two faults of
 * 1.0.0-M2.1 keep them from it: their helpers are off by default, which {@link #enable()} turns
 * round, and they look for a class that no longer exists, which {@link org.nd4j.nativeblas.Nd4jCpu}
 * stands in for. The helpers serve float32; float64 goes the plain way.
 */
final class OneDnn {

  private OneDnn() {}

  /**
   * Switches the helpers on for layers made from now on, the user's own too, unless the system
   * property {@code org.eclipse.deeplearning4j.helpers.disable} says what to do.
   */
  static void enable() {
    String property = DL4JSystemProperties.DISABLE_HELPER_PROPERTY;
    if (System.getProperty(property) == null) {
      System.setProperty(property, "false");
    }
  }

  /** Whether layers get the helpers. */
  static boolean inUse() {
    boolean disabled =
        Boolean.parseBoolean(
            System.getProperty(
                DL4JSystemProperties.DISABLE_HELPER_PROPERTY,
                DL4JSystemProperties.HELPER_DISABLE_DEFAULT_VALUE));
    return !disabled && BaseMKLDNNHelper.mklDnnEnabled();
  }

  /** Which helpers layers get, for provenance. */
  static String describe() {
    return inUse() ? "oneDNN helpers" : "no oneDNN helpers";
  }
}
