package dev.unrolling.cli;

import dev.unrolling.benchmark.StepRounds;
import dev.unrolling.cli.options.DeviceOption;
import dev.unrolling.data.Cifar10;
import dev.unrolling.data.DataCache;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.Shapes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
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
            + " of a step for an answer. The first line of the output says what computes. A line"
            + " that says gradient or product (with a Hessian that is kept) asks for that"
            + " instead, and one such as \"step 2\" for two side by side, each with a network and"
            + " on a thread of its own. To sigma (as runs measure it) and power (iteration, to a"
            + " residual of 1e-3) the answer is the seconds of all and the number of products.",
    footer = {"", "Example: unrolling steps --model resnet8-8 --batch 32 --steps 5"})
final class StepsCommand implements Callable<Integer> {

  private static final int CLASSES = 10;

  /** Of random values, as of the reviews of E5. */
  private static final int TWO_CLASSES = 2;

  private static final int IMAGE = 3 * 32 * 32;
  private static final int EXAMPLES = 640;

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
      description =
          "Of the network (default: ${DEFAULT-VALUE}); linear-768 takes random values of two"
              + " classes instead of images.",
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

  @Option(
      names = "--threads",
      paramLabel = "COUNT",
      description = "Of the CPU for one operation (default: what the engine takes).")
  private Optional<Integer> threads;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (StepRounds rounds = open()) {
      rounds.prepare("");
      out.println(rounds.engine().version() + ", threads " + rounds.engine().threads());
      out.flush();
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        out.println(rounds.answer(line));
        out.flush();
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    return 0;
  }

  private StepRounds open() {
    Engine opened = device.open(engine, precision);
    Architecture architecture = Architectures.named(model, CLASSES);
    if (!takesImages(architecture)) {
      architecture = Architectures.named(model, TWO_CLASSES);
    }
    return new StepRounds(
        threads.map(opened::withThreads).orElse(opened),
        architecture,
        examples(architecture),
        batchSize,
        steps);
  }

  /** Images, or random values where an example is no image and has not as many values. */
  private static Dataset examples(Architecture architecture) {
    long values = Shapes.size(architecture.inputShape());
    return takesImages(architecture)
        ? Cifar10.test(DataCache.fromEnvironment())
        : FeatureDataset.of(
            "random values",
            new Random(0).doubles(EXAMPLES * values, -1, 1).toArray(),
            IntStream.range(0, EXAMPLES).map(i -> i % TWO_CLASSES).toArray(),
            IntStream.range(0, TWO_CLASSES).mapToObj(Integer::toString).toList());
  }

  private static boolean takesImages(Architecture architecture) {
    return Shapes.size(architecture.inputShape()) == IMAGE;
  }
}
