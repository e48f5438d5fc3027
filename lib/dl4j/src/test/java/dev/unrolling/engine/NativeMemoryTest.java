package dev.unrolling.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.RealData;
import dev.unrolling.model.Architectures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeMemoryTest {

  private static final int WARM_UP = 100;
  private static final int STEPS = 400;

  /**
   * Leaked activations would add 4 MB a step or more, 1.6 GB in all; allocators and arrays that
   * wait for the collector moved by up to 200 MB.
   */
  private static final long LARGEST_GROWTH = 400L << 20;

  /** In a JVM of its own: other tests leave a heap that shrinks and grows. */
  @ParameterizedTest
  @CsvSource({"torch, resnet8-8", "dl4j, tanh-bn-cnn-4"})
  void manyStepsHoldResidentMemory(String engine, String architecture)
      throws IOException, InterruptedException {
    Process steps =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                Steps.class.getName(),
                engine,
                architecture)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(steps.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, steps.waitFor(), said);
    String[] bytes = said.substring(said.lastIndexOf('\n') + 1).split(" ");
    long before = Long.parseLong(bytes[0]);
    long after = Long.parseLong(bytes[1]);
    assertTrue(
        after - before < LARGEST_GROWTH,
        "resident memory went from " + (before >> 20) + " to " + (after >> 20) + " MiB");
  }

  /** Prints resident bytes before and after the steps. */
  static final class Steps {

    private Steps() {}

    /** Takes the names of an engine and of an architecture. */
    public static void main(String[] names) {
      Batch batch = Batch.of(RealData.cifar10Test(), IntStream.range(0, 32).toArray());
      Objective objective = Objective.crossEntropy().withGamma(1).withWeightDecay(1e-4);
      try (Network network =
          Engines.open(names[0], "cpu", Precision.FLOAT32)
              .withThreads(1)
              .network(Architectures.named(names[1], 10), 1)) {
        long before = 0;
        for (int i = 0; i < WARM_UP + STEPS; i++) {
          if (i == WARM_UP) {
            before = residentBytes();
          }
          network.step(batch, objective, new SgdStep(0.01, 0.9));
          if (i % 200 == 50) {
            network.gradient(batch, objective, Mode.TRAINING).close();
            network.logits(batch, Mode.EVALUATION);
            try (ParameterVector w = network.weights()) {
              network.hessianVectorProduct(batch, objective, Mode.EVALUATION, w).close();
            }
          }
        }
        System.out.println(before + " " + residentBytes());
      }
    }

    /** Without Java's garbage. */
    private static long residentBytes() {
      System.gc();
      return Pointer.physicalBytes();
    }
  }
}
