package dev.unrolling.cli;

import dev.unrolling.benchmark.StepSpeed;
import dev.unrolling.benchmark.Throughput;
import dev.unrolling.cli.options.DeviceOption;
import dev.unrolling.data.Cifar10;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.experiments.engines.DeviceCheck;
import dev.unrolling.model.Architectures;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Compares LibTorch on a device with LibTorch on the CPU, and measures its steps. A CPU is compared
 * with itself on one thread. Exit status 1 if they differ.
 */
@Command(
    name = "check",
    description = "Compare a device with the CPU on real images, and time its training steps.",
    footer = {"", "Example: unrolling check --device cuda:0"})
final class CheckCommand implements Callable<Integer> {

  private static final String ENGINE = "torch";

  @Spec private CommandSpec spec;

  @Mixin private DeviceOption device;

  @Option(
      names = "--quick",
      description = "A small ResNet-8 instead of the ResNet-18, and few steps timed.")
  private boolean quick;

  @Override
  public Integer call() {
    Engine engine = device.open(ENGINE, Precision.FLOAT32);
    Engine cpu = Engines.open(ENGINE, "cpu", Precision.FLOAT32);
    Engine reference = device.isCpu() ? cpu.withThreads(1) : cpu;
    Dataset images = Cifar10.test(DataCache.fromEnvironment());
    DeviceCheck check =
        new DeviceCheck(quick ? Architectures.resnet8(8, 10) : Architectures.resnet18(10), images);
    PrintWriter out = spec.commandLine().getOut();
    out.println("Engine: " + engine.version());
    out.println("Device: " + name(engine) + ", compared with " + name(reference));
    List<Verdict> verdicts = check.compare(reference, engine);
    verdicts.forEach(verdict -> out.println(colour(verdict) + ": " + verdict.evidence()));
    out.println();
    out.println(
        "Step of "
            + check.architecture().name()
            + ": milliseconds, and how many times the floor at the device's best");
    out.printf("%-20s %18s %18s%n", "", "batch 32", "batch 128");
    for (Precision precision : timed()) {
      print(check, engine.withPrecision(precision));
    }
    if (!device.isCpu()) {
      print(check, reference);
    }
    boolean green = verdicts.stream().allMatch(v -> v.outcome() == Verdict.Outcome.HOLDS);
    out.println();
    out.println(green ? "The check is green." : "The check is RED: do not use this device.");
    return green ? 0 : 1;
  }

  private List<Precision> timed() {
    if (!device.isCpu()) {
      return List.of(Precision.FLOAT32, Precision.TF32, Precision.BFLOAT16);
    }
    return quick ? List.of(Precision.FLOAT32) : List.of(Precision.FLOAT32, Precision.BFLOAT16);
  }

  private void print(DeviceCheck check, Engine engine) {
    int steps = quick || engine.device().equals("cpu") ? 2 : 50;
    Throughput best = Throughput.measure(engine);
    StepSpeed small = speed(check, engine, best, 32, steps);
    StepSpeed large = speed(check, engine, best, 128, steps);
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            "%-20s %9.2f (%5.1f) %9.2f (%5.1f)   at best %.3g operations, %.3g bytes a second%n",
            engine.device() + ", " + engine.precision(),
            1e3 * small.seconds(),
            small.seconds() / small.floorSeconds(),
            1e3 * large.seconds(),
            large.seconds() / large.floorSeconds(),
            best.operationsPerSecond(),
            best.bytesPerSecond());
  }

  private static StepSpeed speed(
      DeviceCheck check, Engine engine, Throughput best, int batchSize, int steps) {
    return StepSpeed.measure(engine, best, check.architecture(), check.images(), batchSize, steps);
  }

  private static String name(Engine engine) {
    return engine.device().equals("cpu") ? "cpu, threads " + engine.threads() : engine.device();
  }

  private static String colour(Verdict verdict) {
    return verdict.outcome() == Verdict.Outcome.HOLDS ? "green" : "RED";
  }
}
