package dev.unrolling.engine.dl4j;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.environment.Nd4jEnvironment;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Which GPUs ND4J 1.0.0-M2.1 can serve: it holds machine code for compute capability 3.7 to 8.6 and
 * nothing to translate for newer ones. A GPU runs code of its own major version and a lower minor
 * one, so the last it can serve are those of 8.9.
 */
final class CudaDevices {

  private CudaDevices() {}

  /**
   * Checks the first GPU of the CUDA backend.
   *
   * @throws IllegalArgumentException if the backend has no code for it
   */
  static void check() {
    Object devices =
        Nd4j.getExecutioner()
            .getEnvironmentInformation()
            .get(Nd4jEnvironment.CUDA_DEVICE_INFORMATION_KEY);
    if (devices instanceof List<?> list
        && !list.isEmpty()
        && list.get(0) instanceof Map<?, ?> first
        && first.get(Nd4jEnvironment.CUDA_DEVICE_MAJOR_VERSION_KEY) instanceof Number major
        && first.get(Nd4jEnvironment.CUDA_DEVICE_MINOR_VERSION_KEY) instanceof Number minor) {
      check(
          String.valueOf(first.get(Nd4jEnvironment.CUDA_DEVICE_NAME_KEY)),
          major.intValue(),
          minor.intValue());
    }
  }

  /** Checks a GPU by name and compute capability. */
  static void check(String name, int major, int minor) {
    if (major > 8 || major < 3 || major == 3 && minor < 7) {
      throw new IllegalArgumentException(
          "ND4J's CUDA backend has no code for "
              + name
              + " (compute capability "
              + major
              + "."
              + minor
              + "): it serves 3.7 to 8.9; take engine torch, or build without the profile nd4j-cuda"
              + " to compute on the CPU");
    }
  }
}
