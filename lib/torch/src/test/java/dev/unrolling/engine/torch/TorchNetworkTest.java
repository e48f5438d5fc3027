package dev.unrolling.engine.torch;

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
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class TorchNetworkTest {

  private static final Engine FLOAT64 = Engines.open("torch", "cpu", Precision.FLOAT64);
  private static final Engine FLOAT32 = Engines.open("torch", "cpu", Precision.FLOAT32);

  private static final Objective PLAIN = Objective.crossEntropy();
  private static final Objective FULL = PLAIN.withGamma(3).withWeightDecay(0.01);

  private static Batch batch(int from, int size) {
    return Batch.of(RealData.cifar10Train(), IntStream.range(from, from + size).toArray());
  }

  private static ParameterVector random(Network network, long seed) {
    Random random = new Random(seed);
    double[] values = new double[(int) network.layout().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return network.vector(Nd4j.createFromArray(values));
  }

  /** A network a few steps into training, so that running statistics are not their first values. */
  private static Network trained(Architecture architecture) {
    Network network = FLOAT64.network(architecture, 1);
    for (int i = 0; i < 3; i++) {
      network.step(batch(16 * i, 16), PLAIN, SgdStep.plain(0.1));
    }
    return network;
  }

  static Stream<Arguments> smoothCases() {
    return Stream.of(Architectures.tanhCnn(4, 10), Architectures.tanhCnnWithBatchNorm(4, 10))
        .flatMap(
            a ->
                Stream.of(Mode.values())
                    .flatMap(
                        m ->
                            Stream.of(PLAIN, FULL, Objective.squaredError())
                                .map(o -> Arguments.of(a, m, o))));
  }

  @ParameterizedTest
  @MethodSource("smoothCases")
  void gradientAgreesWithCentralDifferences(Architecture a, Mode mode, Objective objective) {
    try (Network network = trained(a);
        ParameterVector direction = random(network, 2)) {
      direction.scaleInPlace(1 / direction.norm2());
      double slope;
      try (LossGradient g = network.gradient(batch(50, 8), objective, mode)) {
        slope = g.gradient().dot(direction);
      }
      double step = 1e-4;
      double numeric =
          (lossAt(network, direction, step, objective, mode)
                  - lossAt(network, direction, -step, objective, mode))
              / (2 * step);
      assertEquals(numeric, slope, 1e-6 * Math.max(1e-2, Math.abs(slope)));
    }
  }

  private static double lossAt(
      Network network, ParameterVector direction, double step, Objective objective, Mode mode) {
    try (ParameterVector home = network.weights();
        ParameterVector moved = home.copy()) {
      network.setWeights(moved.addInPlace(step, direction));
      try (LossGradient g = network.gradient(batch(50, 8), objective, mode)) {
        return g.loss().value();
      } finally {
        network.setWeights(home);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("smoothCases")
  void hessianVectorProductAgreesWithCentralDifferences(
      Architecture a, Mode mode, Objective objective) {
    try (Network network = trained(a);
        ParameterVector direction = random(network, 3);
        ParameterVector home = network.weights();
        ParameterVector product =
            network.hessianVectorProduct(batch(50, 8), objective, mode, direction)) {
      double step = 1e-5 / direction.norm2();
      ParameterVector difference = gradientAt(network, home, step, direction, objective, mode);
      difference
          .addInPlace(-1, gradientAt(network, home, -step, direction, objective, mode))
          .scaleInPlace(1 / (2 * step));
      assertEquals(0, difference.distance(product) / product.norm2(), 1e-6);
    }
  }

  private static ParameterVector gradientAt(
      Network network,
      ParameterVector home,
      double step,
      ParameterVector direction,
      Objective objective,
      Mode mode) {
    try (ParameterVector moved = home.copy()) {
      network.setWeights(moved.addInPlace(step, direction));
      return network.gradient(batch(50, 8), objective, mode).gradient();
    } finally {
      network.setWeights(home);
    }
  }

  @ParameterizedTest
  @MethodSource("smoothCases")
  void hessianIsSymmetric(Architecture a, Mode mode, Objective objective) {
    try (Network network = trained(a);
        ParameterVector u = random(network, 4);
        ParameterVector v = random(network, 5);
        ParameterVector hu = network.hessianVectorProduct(batch(9, 8), objective, mode, u);
        ParameterVector hv = network.hessianVectorProduct(batch(9, 8), objective, mode, v)) {
      assertEquals(0, (u.dot(hv) - v.dot(hu)) / (u.norm2() * hv.norm2()), 1e-10);
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void resnetHessianIsSymmetricAndLinear(Mode mode) {
    try (Network network = trained(Architectures.resnet8(4, 10));
        var hessian = network.hessian(batch(9, 8), FULL, mode);
        ParameterVector u = random(network, 4);
        ParameterVector v = random(network, 5);
        ParameterVector hu = hessian.apply(u);
        ParameterVector hv = hessian.apply(v);
        ParameterVector sum = u.copy().addInPlace(2, v);
        ParameterVector hsum = hessian.apply(sum)) {
      assertEquals(0, (u.dot(hv) - v.dot(hu)) / (u.norm2() * hv.norm2()), 1e-10);
      hsum.addInPlace(-2, hv);
      assertEquals(0, hsum.distance(hu) / hu.norm2(), 1e-10);
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void derivativesChangeNothingBitForBit(Mode mode) {
    try (Network network = FLOAT32.network(Architectures.resnet8(4, 10), 1);
        ParameterVector v = random(network, 5)) {
      network.step(batch(0, 16), FULL, new SgdStep(0.1, 0.9));
      NetworkState before = network.saveState();
      network.gradient(batch(16, 16), FULL, mode).close();
      network.hessianVectorProduct(batch(16, 16), FULL, mode, v).close();
      network.logits(batch(16, 16), mode);
      NetworkState after = network.saveState();
      assertSameBits(before, after);
      assertFalse(before.runningStatistics().isEmpty());
      assertFalse(before.velocity().isEmpty());
    }
  }

  private static void assertSameBits(NetworkState expected, NetworkState actual) {
    assertArrayEquals(expected.weights().toDoubleVector(), actual.weights().toDoubleVector(), 0);
    assertArrayEquals(
        expected.runningStatistics().toDoubleVector(),
        actual.runningStatistics().toDoubleVector(),
        0);
    assertArrayEquals(expected.velocity().toDoubleVector(), actual.velocity().toDoubleVector(), 0);
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
  void stepIsTheGradientTimesTheRate() {
    try (Network network = trained(Architectures.tanhCnnWithBatchNorm(4, 10));
        ParameterVector expected = network.weights();
        LossGradient g = network.gradient(batch(5, 16), FULL, Mode.TRAINING)) {
      expected.addInPlace(-0.1, g.gradient());
      double loss = network.step(batch(5, 16), FULL, SgdStep.plain(0.1)).value();
      assertEquals(g.loss().value(), loss, 1e-14);
      try (ParameterVector moved = network.weights()) {
        assertEquals(0, moved.distance(expected), 1e-14);
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
      // Moves by rate * g, then by rate * (mu * g + 0).
      start.addInPlace(-0.1 * 1.5, g.gradient());
      try (ParameterVector moved = network.weights()) {
        assertEquals(0, moved.distance(start), 1e-14);
      }
    }
  }

  @Test
  void runningVarianceIsUnbiased() {
    try (Network network = FLOAT64.network(Architectures.tanhCnnWithBatchNorm(2, 10), 3)) {
      // One step from (0, 1) by momentum 0.1; the first norm sees 8 x 16 x 16 values a channel.
      network.step(batch(0, 8), PLAIN, SgdStep.plain(0.1));
      double[] statistics = network.saveState().runningStatistics().toDoubleVector();
      double variance = (statistics[2] - 0.9) / 0.1;
      try (Network fresh = FLOAT64.network(Architectures.tanhCnnWithBatchNorm(2, 10), 3)) {
        double[] z = firstConvolution(fresh, batch(0, 8));
        double mean = java.util.Arrays.stream(z).average().orElseThrow();
        double squares = java.util.Arrays.stream(z).map(x -> (x - mean) * (x - mean)).sum();
        assertEquals(squares / (z.length - 1), variance, 1e-12 * variance);
        assertEquals(0.1 * mean, statistics[0], 1e-12);
      }
    }
  }

  /** Output of channel 0 of the first convolution, by the definition. */
  private static double[] firstConvolution(Network network, Batch batch) {
    double[] w = network.saveState().weights().toDoubleVector();
    double[] x = new double[3072];
    double[] out = new double[batch.size() * 256];
    for (int n = 0; n < batch.size(); n++) {
      batch.dataset().writeExample(batch.indices()[n], x, 0);
      for (int row = 0; row < 16; row++) {
        for (int column = 0; column < 16; column++) {
          double sum = 0;
          for (int c = 0; c < 3; c++) {
            for (int i = 0; i < 5; i++) {
              for (int j = 0; j < 5; j++) {
                int r = 2 * row + i - 2;
                int s = 2 * column + j - 2;
                if (r >= 0 && r < 32 && s >= 0 && s < 32) {
                  sum += w[c * 25 + i * 5 + j] * x[c * 1024 + r * 32 + s];
                }
              }
            }
          }
          out[n * 256 + row * 16 + column] = sum;
        }
      }
    }
    return out;
  }

  @Test
  void lossIsAveragedOverWhatTheBatchSays() {
    try (Network network = FLOAT64.network(Architectures.tanhCnn(4, 10), 3)) {
      Batch whole = batch(0, 8);
      double mean = loss(network, whole);
      double rest = loss(network, whole.without(3));
      double single = loss(network, Batch.of(whole.dataset(), 3));
      assertEquals(mean, (7 * rest + single) / 8, 1e-14);
      assertEquals(7 * rest / 8, loss(network, whole.without(3).averagedOver(8)), 1e-14);
    }
  }

  private static double loss(Network network, Batch batch) {
    try (LossGradient g = network.gradient(batch, PLAIN, Mode.EVALUATION)) {
      return g.loss().value();
    }
  }

  @Test
  void crossEntropyAndPenaltyByHand() {
    try (Network network = FLOAT64.network(Architectures.tanhCnn(4, 10), 3)) {
      Batch batch = batch(0, 4);
      INDArray logits = network.logits(batch, Mode.EVALUATION);
      double entropy = 0;
      double spread = 0;
      for (int n = 0; n < 4; n++) {
        double[] z = logits.getRow(n).toDoubleVector();
        double mean = java.util.Arrays.stream(z).average().orElseThrow();
        spread += Math.sqrt(java.util.Arrays.stream(z).map(x -> (x - mean) * (x - mean)).sum() / 9);
        double exps = java.util.Arrays.stream(z).map(Math::exp).sum();
        entropy += Math.log(exps) - z[batch.dataset().label(n)];
      }
      try (LossGradient g = network.gradient(batch, PLAIN.withGamma(5), Mode.EVALUATION);
          LossGradient m =
              network.gradient(
                  batch,
                  PLAIN.withGamma(5).withNormalisation(Objective.Normalisation.MEAN),
                  Mode.EVALUATION)) {
        assertEquals(entropy / 4 + 5 * spread / (4 * 10), g.loss().value(), 1e-12);
        assertEquals(entropy / 4 + 5 * spread / 4, m.loss().value(), 1e-12);
      }
    }
  }

  @Test
  void penaltyHasGradientZeroWhereAllLogitsAreEqual() {
    Architecture linear = Architectures.linear(3072, 10);
    try (Network network = FLOAT64.network(linear, Nd4j.zeros(linear.parameters().size()));
        LossGradient plain = network.gradient(batch(0, 4), PLAIN, Mode.TRAINING);
        LossGradient penalised = network.gradient(batch(0, 4), PLAIN.withGamma(9), Mode.TRAINING);
        ParameterVector v = random(network, 1);
        ParameterVector hv =
            network.hessianVectorProduct(batch(0, 4), PLAIN.withGamma(9), Mode.TRAINING, v)) {
      assertEquals(0, plain.gradient().distance(penalised.gradient()));
      assertTrue(Double.isFinite(hv.norm2()));
    }
  }

  @Test
  void oneSeedGivesTheSameBits() {
    NetworkState[] runs = new NetworkState[2];
    for (int run = 0; run < 2; run++) {
      try (Network network = FLOAT32.network(Architectures.resnet8(8, 10), 11)) {
        for (int i = 0; i < 10; i++) {
          network.step(batch(32 * i, 32), FULL, new SgdStep(0.1, 0.9));
        }
        runs[run] = network.saveState();
      }
    }
    assertSameBits(runs[0], runs[1]);
  }

  @Test
  @Tag("slow")
  void everyArchitectureStepsAndAgreesAcrossPrecisions() {
    for (Architecture a :
        List.of(
            Architectures.resnet18(10),
            Architectures.vgg19(10),
            Architectures.resnet8(8, 10),
            Architectures.tanhCnn(4, 10),
            Architectures.reluCnn(4, 10),
            Architectures.linear(3072, 10))) {
      try (Network single = FLOAT32.network(a, 1);
          Network twice = FLOAT64.network(a, 1)) {
        INDArray narrow = single.logits(batch(0, 2), Mode.EVALUATION);
        INDArray wide = twice.logits(batch(0, 2), Mode.EVALUATION);
        assertArrayEquals(new long[] {2, 10}, narrow.shape());
        double scale = wide.norm2Number().doubleValue();
        assertEquals(
            0, wide.sub(narrow.castTo(wide.dataType())).norm2Number().doubleValue(), 1e-4 * scale);
        double before = single.step(batch(0, 8), PLAIN, SgdStep.plain(0.01)).value();
        assertTrue(before > 1 && before < 10, a.name() + " starts at a loss of " + before);
      }
    }
  }

  @Test
  void refusalsNameBothSides() {
    try (Network network = FLOAT64.network(Architectures.tanhCnn(4, 10), 3);
        Network other = FLOAT32.network(Architectures.tanhCnn(4, 10), 3);
        ParameterVector mine = network.weights();
        ParameterVector foreign = other.weights()) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> mine.addInPlace(1, foreign))
              .getMessage();
      assertTrue(message.contains("float64") && message.contains("float32"), message);
      assertThrows(IllegalArgumentException.class, () -> network.vector(Nd4j.zeros(3)));
      assertThrows(
          IllegalArgumentException.class,
          () -> FLOAT64.network(Architectures.tanhCnn(4, 10), Nd4j.zeros(3)));
      try (Network narrow = FLOAT64.network(Architectures.tanhCnn(4, 2), 1)) {
        assertThrows(
            IllegalArgumentException.class,
            () -> narrow.gradient(batch(0, 16), PLAIN, Mode.TRAINING));
      }
    }
  }

  @Test
  void unknownEngineAndDeviceAreNamed() {
    String engine =
        assertThrows(
                IllegalArgumentException.class, () -> Engines.open("jax", "cpu", Precision.FLOAT32))
            .getMessage();
    assertTrue(engine.contains("\"jax\"") && engine.contains("torch"), engine);
    String device =
        assertThrows(
                IllegalArgumentException.class,
                () -> Engines.open("torch", "cuda:99", Precision.FLOAT32))
            .getMessage();
    assertTrue(device.contains("cuda:99") && device.contains("cpu"), device);
    assertThrows(
        IllegalArgumentException.class, () -> Engines.open("torch", "gpu", Precision.FLOAT32));
  }

  @Test
  void closedVectorSaysSo() {
    try (Network network = FLOAT64.network(Architectures.tanhCnn(4, 10), 3)) {
      ParameterVector weights = network.weights();
      weights.close();
      weights.close();
      assertThrows(IllegalStateException.class, weights::norm2);
    }
  }
}
