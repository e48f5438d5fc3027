package dev.unrolling.engine.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unrolling.data.Batch;
import dev.unrolling.data.RealData;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.Layer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The form of a network that a Hessian differentiates, against the gradient of the form that is
 * trained.
 */
class TorchHessianTest {

  private static final Objective FULL = Objective.crossEntropy().withGamma(3).withWeightDecay(0.01);

  private static Batch batch(int from, int size) {
    return Batch.of(RealData.cifar10Train(), IntStream.range(from, from + size).toArray());
  }

  /** Norms after convolutions with and without a bias, pictures of other sizes, and a dense one. */
  private static Architecture norms() {
    return new Architecture(
        "norms",
        List.of(3, 32, 32),
        10,
        List.of(
            new Layer.Convolution(3, 4, 3, 2, 1, true),
            new Layer.BatchNorm(4),
            new Layer.Tanh(),
            new Layer.BatchNorm(4),
            new Layer.Convolution(4, 6, 1, 2, 0, false),
            new Layer.BatchNorm(6),
            new Layer.Relu(),
            new Layer.AveragePool(8),
            new Layer.Flatten(),
            new Layer.Dense(6, 10, true)));
  }

  /** A sum first, a norm of rows, layers without a bias. */
  private static Architecture sumFirst() {
    return new Architecture(
        "sum first",
        List.of(3, 32, 32),
        10,
        List.of(
            new Layer.Residual(
                List.of(new Layer.Convolution(3, 3, 3, 1, 1, true), new Layer.Tanh()), List.of()),
            new Layer.AveragePool(4),
            new Layer.Flatten(),
            new Layer.Dense(192, 6, false),
            new Layer.BatchNorm(6),
            new Layer.Relu(),
            new Layer.Dense(6, 10, false)));
  }

  static Stream<Arguments> cases() {
    return Stream.of(
            norms(),
            sumFirst(),
            Architectures.named("pooled-linear", 10),
            Architectures.resnet8(4, 10),
            Architectures.vgg8(4, 10),
            Architectures.reluCnn(4, 10),
            Architectures.tanhCnnWithBatchNorm(4, 10))
        .flatMap(
            a ->
                Stream.of(Mode.values())
                    .flatMap(
                        m ->
                            Stream.of(Objective.crossEntropy(), FULL, Objective.squaredError())
                                .map(o -> Arguments.of(a, m, o))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithCentralDifferencesOfTheGradient(Architecture a, Mode mode, Objective objective) {
    try (Network network = trained(a)) {
      agrees(network, mode, objective);
    }
  }

  /** As a pruned network has them, scales of norms among them; smooth, since many sums are 0. */
  @ParameterizedTest
  @EnumSource
  void agreesWhereEverySecondWeightIsZero(Mode mode) {
    try (Network network = trained(Architectures.tanhCnnWithBatchNorm(4, 10));
        ParameterVector weights = network.weights();
        ParameterVector mask =
            network.vector(
                Nd4j.createFromArray(
                    IntStream.range(0, (int) weights.size()).mapToDouble(i -> i % 2).toArray()))) {
      network.setWeights(weights.multiplyInPlace(mask));
      agrees(network, mode, FULL);
    }
  }

  /** In float32 narrow shortcuts are computed in another way. */
  @ParameterizedTest
  @EnumSource
  void float32AgreesWithFloat64(Mode mode) {
    try (Network exact = trained(Architectures.resnet8(4, 10));
        Network rounded =
            Engines.open("torch", "cpu", Precision.FLOAT32)
                .withThreads(1)
                .network(Architectures.resnet8(4, 10), 1)) {
      rounded.restore(exact.saveState());
      double[] expected = product(exact, mode);
      double[] actual = product(rounded, mode);
      double apart = 0;
      double norm = 0;
      for (int i = 0; i < expected.length; i++) {
        apart += Math.pow(actual[i] - expected[i], 2);
        norm += Math.pow(expected[i], 2);
      }
      assertEquals(0, Math.sqrt(apart / norm), 1e-5);
    }
  }

  private static double[] product(Network network, Mode mode) {
    try (ParameterVector v = direction(network);
        ParameterVector product = network.hessianVectorProduct(batch(50, 8), FULL, mode, v)) {
      return product.toArray().toDoubleVector();
    }
  }

  /** The step is short, so that hardly any rectified unit changes sides. */
  private static void agrees(Network network, Mode mode, Objective objective) {
    double step = 1e-9;
    try (ParameterVector v = direction(network);
        ParameterVector actual = network.hessianVectorProduct(batch(50, 8), objective, mode, v);
        ParameterVector above = network.weights().addInPlace(step, v);
        ParameterVector below = network.weights().addInPlace(-step, v)) {
      network.setWeights(above);
      try (LossGradient high = network.gradient(batch(50, 8), objective, mode)) {
        network.setWeights(below);
        try (LossGradient low = network.gradient(batch(50, 8), objective, mode);
            ParameterVector expected = high.gradient().copy()) {
          expected.addInPlace(-1, low.gradient()).scaleInPlace(1 / (2 * step));
          assertEquals(0, actual.distance(expected), 1e-4 * expected.norm2());
        }
      }
    }
  }

  /** A few steps into training, so that running statistics are not their first values. */
  private static Network trained(Architecture architecture) {
    Network network =
        Engines.open("torch", "cpu", Precision.FLOAT64).withThreads(1).network(architecture, 1);
    for (int i = 0; i < 3; i++) {
      network.step(batch(16 * i, 16), Objective.crossEntropy(), SgdStep.plain(0.1)).value();
    }
    return network;
  }

  private static ParameterVector direction(Network network) {
    return network.vector(
        Nd4j.createFromArray(new Random(3).doubles(network.layout().size(), -1, 1).toArray()));
  }
}
