package dev.unrolling.cli.options;

import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The device that a measuring command computes on. */
public final class DeviceOption {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "cpu or cuda:0 (default: what UNROLLING_DEVICE says, or cpu).")
  private String device = System.getenv().getOrDefault(Engines.DEVICE_VARIABLE, "cpu");

  public boolean isCpu() {
    return device.equals("cpu");
  }

  /** Opens an engine on it; what is wrong with the device is the user's to mend. */
  public Engine open(String engine, Precision precision) {
    try {
      return Engines.open(engine, device, precision);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
