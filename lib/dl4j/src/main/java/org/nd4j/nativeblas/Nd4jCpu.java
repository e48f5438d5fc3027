package org.nd4j.nativeblas;

/**
 * A class that DeepLearning4J 1.0.0-M2.1 looks up by name, to ask whether oneDNN is on, and that
 * ND4J moved elsewhere in that release. Without it the layers fall back to their slow
 * implementations; with it their oneDNN helpers work, if {@code dev.unrolling.engine.dl4j.OneDnn}
 * has switched them on. Nothing of ours calls it.
 */
public final class Nd4jCpu {

  private Nd4jCpu() {}

  /** The settings of the CPU backend, as far as they are asked for. */
  public static final class Environment {

    private static final Environment INSTANCE = new Environment();

    private Environment() {}

    /** The one instance; called by reflection. */
    public static Environment getInstance() {
      return INSTANCE;
    }

    /** Whether ND4J's natives use oneDNN, which was once called MKL-DNN; called by reflection. */
    public boolean isUseMKLDNN() {
      return org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu.Environment.getInstance().isUseONEDNN();
    }
  }
}
