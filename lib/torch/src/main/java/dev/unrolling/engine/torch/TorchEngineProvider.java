package dev.unrolling.engine.torch;

import dev.unrolling.engine.Engine;
import dev.unrolling.engine.EngineProvider;
import dev.unrolling.engine.Precision;
import java.util.Optional;
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
    requireName(device);
    if (!TorchEngine.isCuda(device)) {
      return open(device, precision, Cores.threads());
    }
    TorchNatives.load();
    requireCuda(device);
    return new TorchEngine(
        device,
        precision,
        torch.intraop_default_num_threads(),
        Layout.isChannelsLast(device, precision, System.getenv()),
        Optional.of(new DeviceImages()));
  }

  /** On the CPU nothing is loaded yet: that takes a second or more. */
  @Override
  public Engine open(String device, Precision precision, int threads) {
    requireName(device);
    if (TorchEngine.isCuda(device)) {
      return open(device, precision).withThreads(threads);
    }
    boolean last = Layout.isChannelsLast(device, precision, System.getenv());
    return new TorchEngine(device, precision, threads, last, Optional.empty());
  }

  private static void requireName(String device) {
    if (!device.matches("cpu|cuda:\\d+")) {
      throw new IllegalArgumentException(
          "no device is called \"" + device + "\"; a device is \"cpu\" or \"cuda:0\", \"cuda:1\"");
    }
  }

  private static void requireCuda(String device) {
    int count = torch.cuda_is_available() ? torch.cuda_device_count() : 0;
    if (Integer.parseInt(device.substring("cuda:".length())) >= count) {
      throw new IllegalArgumentException(
          "there is no device \""
              + device
              + "\": "
              + (count == 0
                  ? (TorchNatives.areForGpu()
                          ? "LibTorch sees no GPU, or no driver of 580 or newer"
                          : "LibTorch's natives here are those for a CPU (mvn -Pcuda brings"
                              + " others)")
                      + "; environment/gpu/check says what is missing; or use \"cpu\""
                  : "the devices are cpu and cuda:0 to cuda:" + (count - 1)));
    }
  }
}
