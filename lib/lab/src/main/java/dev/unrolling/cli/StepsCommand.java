package dev.unrolling.cli;

import dev.unrolling.benchmark.StepTimer;
import dev.unrolling.cli.options.DeviceOption;
import dev.unrolling.data.Cifar10;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architectures;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Times training steps when told to, so that another program can measure something else in between.
 */
@Command(
    name = "steps",
    description =
        "Time training steps on real images: a round for each line of standard input, the seconds"
            + " of a step for an answer. The first line of the output says what computes.",
    footer = {"", "Example: unrolling steps --model resnet8-8 --batch 32 --steps 5"})
final class StepsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private DeviceOption device;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description = "torch or dl4j (default: ${DEFAULT-VALUE}).",
      defaultValue = "torch")
  private String engine;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      description = "float32, float64, tf32 or bfloat16 (default: float32).",
      defaultValue = "FLOAT32")
  private Precision precision;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Of the network (default: ${DEFAULT-VALUE}).",
      defaultValue = "resnet18")
  private String model;

  @Option(
      names = "--batch",
      paramLabel = "COUNT",
      description = "Images a step (default: ${DEFAULT-VALUE}).",
      defaultValue = "128")
  private int batchSize;

  @Option(
      names = "--steps",
      paramLabel = "COUNT",
      description = "Steps a round (default: ${DEFAULT-VALUE}).",
      defaultValue = "20")
  private int steps;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (StepTimer timer = timer(out)) {
      BufferedReader rounds =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      while (rounds.readLine() != null) {
        out.println(String.format(Locale.ROOT, "%.6f", timer.seconds(steps)));
        out.flush();
      }
    }
    return 0;
  }

  /** A timer that has taken its first round, which is slower than others. */
  private StepTimer timer(PrintWriter out) {
    try {
      Engine opened = device.open(engine, precision);
      Dataset images = Cifar10.test(DataCache.fromEnvironment());
      StepTimer timer =
          new StepTimer(opened, Architectures.named(model, images.classes()), images, batchSize);
      try {
        timer.seconds(steps);
      } catch (IllegalArgumentException e) {
        timer.close();
        throw e;
      }
      out.println(opened.version() + ", threads " + opened.threads());
      out.flush();
      return timer;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
