package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.Engine;
import dev.unrolling.engine.EngineProvider;
import dev.unrolling.engine.Precision;
import org.nd4j.linalg.factory.Nd4j;

/** Registers DeepLearning4J under the name {@code "dl4j"}. */
public final class Dl4jEngineProvider implements EngineProvider {

  /** For the service loader. */
  public Dl4jEngineProvider() {}

  @Override
  public String name() {
    return Dl4jEngine.NAME;
  }

  @Override
  public Engine open(String device, Precision precision) {
    String there = device();
    if (!device.equals(there)) {
      throw new IllegalArgumentException(
          "there is no device \""
              + device
              + "\" for engine dl4j: the ND4J backend on the class path computes on \""
              + there
              + "\""
              + (device.startsWith("cuda") ? "; engine torch may serve GPUs" : ""));
    }
    if (!Nd4j.getEnvironment().isCPU()) {
      CudaDevices.check();
    }
    return new Dl4jEngine(device, precision);
  }

  /** Where ND4J's one backend computes, which the class path decides. */
  static String device() {
    return Nd4j.getEnvironment().isCPU() ? "cpu" : "cuda:0";
  }
}
