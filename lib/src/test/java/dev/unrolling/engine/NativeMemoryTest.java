package dev.unrolling.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.RealData;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NativeMemoryTest {

  private static final int WARM_UP = 200;

  /**
   * Leaked activations would add 4 MB a step or more, 4 GB in all; allocators and the Java heap
   * move by a hundred or two on their own.
   */
  private static final long LARGEST_GROWTH = 300L << 20;

  /** DL4J's is smooth, as its curvature is that of smooth networks. */
  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of("torch", Architectures.resnet8(8, 10)),
        Arguments.of("dl4j", Architectures.tanhCnnWithBatchNorm(4, 10)));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aThousandStepsHoldResidentMemory(String engine, Architecture architecture) {
    Batch batch = Batch.of(RealData.cifar10Train(), IntStream.range(0, 32).toArray());
    Objective objective = Objective.crossEntropy().withGamma(1).withWeightDecay(1e-4);
    try (Network network =
        Engines.open(engine, "cpu", Precision.FLOAT32).network(architecture, 1)) {
      long before = 0;
      for (int i = 0; i < WARM_UP + 1000; i++) {
        if (i == WARM_UP) {
          before = residentBytes();
        }
        network.step(batch, objective, new SgdStep(0.01, 0.9));
        if (i % 400 == 0) {
          network.gradient(batch, objective, Mode.TRAINING).close();
          network.logits(batch, Mode.EVALUATION);
          try (ParameterVector w = network.weights()) {
            network.hessianVectorProduct(batch, objective, Mode.EVALUATION, w).close();
          }
        }
      }
      long after = residentBytes();
      assertTrue(
          after - before < LARGEST_GROWTH,
          "resident memory went from " + (before >> 20) + " to " + (after >> 20) + " MiB");
    }
  }

  /** Without Java's garbage, whose heap grows and shrinks as the collector likes. */
  private static long residentBytes() {
    System.gc();
    return Pointer.physicalBytes();
  }
}
