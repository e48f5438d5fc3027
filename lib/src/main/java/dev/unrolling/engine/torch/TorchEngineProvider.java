package dev.unrolling.engine.torch;

import dev.unrolling.engine.Engine;
import dev.unrolling.engine.EngineProvider;
import dev.unrolling.engine.Precision;
import org.bytedeco.pytorch.global.torch;

/** Registers LibTorch under the name {@code "torch"}. */
public final class TorchEngineProvider implements EngineProvider {

  /** For the service loader. */
  public TorchEngineProvider() {}

  @Override
  public String name() {
    return TorchEngine.NAME;
  }

  @Override
  public Engine open(String device, Precision precision) {
    if (!device.matches("cpu|cuda:\\d+")) {
      throw new IllegalArgumentException(
          "no device is called \"" + device + "\"; a device is \"cpu\" or \"cuda:0\", \"cuda:1\"");
    }
    if (device.startsWith("cuda")) {
      requireCuda(device);
    }
    return new TorchEngine(device, precision, torch.intraop_default_num_threads());
  }

  private static void requireCuda(String device) {
    int count = torch.cuda_is_available() ? torch.cuda_device_count() : 0;
    if (Integer.parseInt(device.substring("cuda:".length())) >= count) {
      throw new IllegalArgumentException(
          "there is no device \""
              + device
              + "\": "
              + (count == 0
                  ? "LibTorch sees no CUDA GPU (its CPU natives are loaded, or driver or CUDA"
                      + " libraries are missing); use \"cpu\""
                  : "the devices are cpu and cuda:0 to cuda:" + (count - 1)));
    }
  }
}
