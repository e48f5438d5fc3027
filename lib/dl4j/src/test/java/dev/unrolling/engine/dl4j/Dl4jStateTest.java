package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.RealData;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class Dl4jStateTest {

  private static final Engine FLOAT64 = Engines.open("dl4j", "cpu", Precision.FLOAT64);
  private static final Engine FLOAT32 = Engines.open("dl4j", "cpu", Precision.FLOAT32);
  private static final Objective PLAIN = Objective.crossEntropy();
  private static final Objective FULL = PLAIN.withGamma(3).withWeightDecay(0.01);

  private static Batch batch(int from, int size) {
    return Batch.of(RealData.cifar10Train(), IntStream.range(from, from + size).toArray());
  }

  private static void assertSameBits(NetworkState expected, NetworkState actual) {
    assertArrayEquals(expected.weights().toDoubleVector(), actual.weights().toDoubleVector(), 0);
    assertArrayEquals(
        expected.runningStatistics().toDoubleVector(),
        actual.runningStatistics().toDoubleVector(),
        0);
    assertArrayEquals(expected.velocity().toDoubleVector(), actual.velocity().toDoubleVector(), 0);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void derivativesChangeNothingBitForBit(Mode mode) {
    try (Network network = FLOAT32.network(Architectures.tanhCnnWithBatchNorm(4, 10), 1);
        ParameterVector v = network.weights()) {
      network.step(batch(0, 16), FULL, new SgdStep(0.1, 0.9));
      NetworkState before = network.saveState();
      network.gradient(batch(16, 16), FULL, mode).close();
      network.hessianVectorProduct(batch(16, 16), FULL, mode, v).close();
      network.logits(batch(16, 16), mode);
      assertSameBits(before, network.saveState());
      assertFalse(before.runningStatistics().isEmpty());
      assertFalse(before.velocity().isEmpty());
    }
  }

  @Test
  void savedStateContinuesWithTheSameBits() {
    try (Network network = FLOAT32.network(Architectures.resnet8(4, 10), 1)) {
      SgdStep step = new SgdStep(0.05, 0.9);
      network.step(batch(0, 16), FULL, step);
      NetworkState start = network.saveState();
      network.step(batch(16, 16), FULL, step);
      NetworkState once = network.saveState();
      network.restore(start);
      network.step(batch(16, 16), FULL, step);
      assertSameBits(once, network.saveState());
      network.restore(start);
      try (Network twin = network.copy()) {
        twin.step(batch(16, 16), FULL, step);
        assertSameBits(once, twin.saveState());
        assertSameBits(start, network.saveState());
      }
    }
  }

  @Test
  void momentumRunsOnThroughAnEmptyBatch() {
    try (Network network = FLOAT64.network(Architectures.tanhCnn(4, 10), 3);
        ParameterVector start = network.weights();
        LossGradient g = network.gradient(batch(0, 8), PLAIN, Mode.TRAINING)) {
      SgdStep step = new SgdStep(0.1, 0.5);
      network.step(batch(0, 8), PLAIN, step);
      network.step(batch(0, 8).emptied(), PLAIN, step);
      start.addInPlace(-0.1 * 1.5, g.gradient());
      try (ParameterVector moved = network.weights()) {
        assertEquals(0, moved.distance(start), 1e-14);
      }
    }
  }

  @Test
  void everyArchitectureTakesAStep() {
    for (Architecture a :
        List.of(
            Architectures.vgg19(10),
            Architectures.resnet8(8, 10),
            Architectures.reluCnn(4, 10),
            Architectures.linear(3072, 10))) {
      try (Network network = FLOAT32.network(a, 1)) {
        INDArray logits = network.logits(batch(0, 2), Mode.EVALUATION);
        assertArrayEquals(new long[] {2, 10}, logits.shape());
        double before = network.step(batch(0, 8), PLAIN, SgdStep.plain(0.01)).value();
        assertTrue(before > 1 && before < 10, a.name() + " starts at a loss of " + before);
      }
    }
  }

  @Test
  void curvatureOnAKinkIsRefusedWithAPointerToTorch() {
    Architecture a = Architectures.reluCnn(2, 10);
    INDArray weights = dev.unrolling.model.InitialWeights.draw(a, 1);
    // Without convolutions every rectifier sits exactly on its kink.
    long dense = a.parameters().size() - 10 - 10 * 8;
    weights.get(NDArrayIndex.interval(0, dense)).assign(0);
    try (Network network = FLOAT64.network(a, weights);
        ParameterVector v = network.vector(Nd4j.ones(weights.dataType(), weights.length()))) {
      String message =
          assertThrows(
                  ArithmeticException.class,
                  () -> network.hessianVectorProduct(batch(0, 4), PLAIN, Mode.TRAINING, v))
              .getMessage();
      assertTrue(message.contains("torch") && message.contains("0.01"), message);
    }
  }

  @Test
  void refusalsNameBothSides() {
    try (Network network = FLOAT64.network(Architectures.tanhCnn(4, 10), 3);
        Network other = FLOAT32.network(Architectures.tanhCnn(4, 10), 3);
        Network torch =
            Engines.open("torch", "cpu", Precision.FLOAT64)
                .network(Architectures.tanhCnn(4, 10), 3);
        ParameterVector mine = network.weights();
        ParameterVector narrow = other.weights();
        ParameterVector foreign = torch.weights()) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> mine.addInPlace(1, narrow))
              .getMessage();
      assertTrue(message.contains("float64") && message.contains("float32"), message);
      assertThrows(IllegalArgumentException.class, () -> mine.dot(foreign));
      assertThrows(IllegalArgumentException.class, () -> network.vector(Nd4j.zeros(3)));
      String device =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> Engines.open("dl4j", "cuda:0", Precision.FLOAT32))
              .getMessage();
      assertTrue(device.contains("cuda:0") && device.contains("cpu"), device);
      mine.close();
      mine.close();
      assertThrows(IllegalStateException.class, mine::norm2);
    }
  }
}
