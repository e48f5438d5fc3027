package dev.unrolling.engine.torch;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.RealData;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architectures;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {

  /** A leaked tensor of one step's activations would add 8 MB a step: 8 GB in all. */
  @Test
  void aThousandStepsHoldResidentMemory() {
    Batch batch = Batch.of(RealData.cifar10Train(), IntStream.range(0, 16).toArray());
    Objective objective = Objective.crossEntropy().withGamma(1).withWeightDecay(1e-4);
    try (Network network =
        Engines.open("torch", "cpu", Precision.FLOAT32).network(Architectures.resnet8(8, 10), 1)) {
      long before = 0;
      for (int i = 0; i < 1300; i++) {
        if (i == 300) {
          before = Pointer.physicalBytes();
        }
        network.step(batch, objective, new SgdStep(0.01, 0.9));
        if (i % 50 == 0) {
          network.gradient(batch, objective, Mode.TRAINING).close();
          network.logits(batch, Mode.EVALUATION);
          try (ParameterVector w = network.weights()) {
            network.hessianVectorProduct(batch, objective, Mode.EVALUATION, w).close();
          }
        }
      }
      long after = Pointer.physicalBytes();
      assertTrue(
          after < 1.05 * before,
          "resident memory went from " + (before >> 20) + " to " + (after >> 20) + " MiB");
    }
  }
}
