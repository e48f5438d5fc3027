package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CudaDevicesTest {

  @Test
  void gpusWithoutCodeAreRefusedByName() {
    for (int[] served : new int[][] {{3, 7}, {5, 0}, {7, 5}, {8, 0}, {8, 6}, {8, 9}}) {
      CudaDevices.check("GPU", served[0], served[1]);
    }
    for (int[] other : new int[][] {{3, 5}, {9, 0}, {10, 0}, {12, 0}}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> CudaDevices.check("NVIDIA H100", other[0], other[1]))
              .getMessage();
      assertTrue(message.contains("NVIDIA H100"), message);
      assertTrue(message.contains(other[0] + "." + other[1]), message);
      assertTrue(message.contains("torch"), message);
    }
  }

  @Test
  void theCpuBackendHasNoGpuToRefuse() {
    CudaDevices.check();
  }
}
