package dev.unrolling.engine.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.RealData;
import dev.unrolling.data.SoftLabels;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.factory.Nd4j;

/** What a GPU multiplies with, here on a CPU, against the Hessian of a kept graph. */
class DualHessianTest {

  private static final Objective FULL = Objective.crossEntropy().withGamma(3).withWeightDecay(0.01);

  private static Batch batch() {
    return Batch.of(RealData.cifar10Train(), IntStream.range(50, 58).toArray());
  }

  private static TorchNetwork network(Architecture architecture) {
    var network =
        (TorchNetwork)
            Engines.open("torch", "cpu", Precision.FLOAT64).withThreads(1).network(architecture, 1);
    for (int i = 0; i < 3; i++) {
      network
          .step(
              Batch.of(RealData.cifar10Train(), IntStream.range(16 * i, 16 * i + 16).toArray()),
              Objective.crossEntropy(),
              SgdStep.plain(0.1))
          .value();
    }
    return network;
  }

  private static ParameterVector direction(TorchNetwork network, long seed) {
    Random random = new Random(seed);
    return network.vector(
        Nd4j.createFromArray(random.doubles(network.layout().size(), -1, 1).toArray()));
  }

  static Stream<Arguments> cases() {
    return Stream.of(
            Architectures.resnet8(4, 10),
            Architectures.vgg8(4, 10),
            Architectures.pooledLinear(10),
            Architectures.reluCnn(4, 10),
            Architectures.tanhCnn(4, 10),
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
  void agreesWithTheDerivativeOfAKeptGradient(Architecture a, Mode mode, Objective objective) {
    try (TorchNetwork network = network(a);
        ParameterVector v = direction(network, 3);
        LinearOperator kept = network.graphHessian(batch(), objective, mode);
        LinearOperator dual = network.dualHessian(batch(), objective, mode)) {
      for (int i = 0; i < 2; i++) {
        try (ParameterVector expected = kept.apply(v);
            ParameterVector actual = dual.apply(v)) {
          assertTrue(expected.norm2() > 0);
          assertEquals(0, actual.distance(expected), 1e-10 * expected.norm2());
        }
      }
    }
  }

  /** Of the gradient that LibTorch's own batch norm and cross entropy give. */
  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithCentralDifferencesOfAGradient(Architecture a, Mode mode, Objective objective) {
    double step = 1e-9;
    try (TorchNetwork network = network(a);
        ParameterVector v = direction(network, 3);
        LinearOperator dual = network.dualHessian(batch(), objective, mode);
        ParameterVector actual = dual.apply(v);
        ParameterVector home = network.weights();
        ParameterVector above = home.copy();
        ParameterVector below = home.copy()) {
      network.setWeights(above.addInPlace(step, v));
      try (LossGradient high = network.gradient(batch(), objective, mode)) {
        network.setWeights(below.addInPlace(-step, v));
        try (LossGradient low = network.gradient(batch(), objective, mode);
            ParameterVector expected = high.gradient().copy()) {
          expected.addInPlace(-1, low.gradient()).scaleInPlace(1 / (2 * step));
          assertEquals(0, actual.distance(expected), 1e-4 * expected.norm2());
        }
      }
    }
  }

  @Test
  void targetsInPlaceOfLabels() {
    Batch taught = Batch.of(new Taught(RealData.cifar10Train()), 3, 1, 4, 5);
    try (TorchNetwork network = network(Architectures.tanhCnn(4, 10));
        ParameterVector v = direction(network, 3)) {
      for (Objective objective : List.of(Objective.crossEntropy(), Objective.squaredError())) {
        try (LinearOperator kept = network.graphHessian(taught, objective, Mode.TRAINING);
            LinearOperator dual = network.dualHessian(taught, objective, Mode.TRAINING);
            ParameterVector expected = kept.apply(v);
            ParameterVector actual = dual.apply(v)) {
          assertEquals(0, actual.distance(expected), 1e-10 * expected.norm2());
        }
      }
    }
  }

  /** Half of the target on the label, the rest on the first class. */
  private record Taught(Dataset original) implements SoftLabels {
    @Override
    public double[] target(int index) {
      double[] target = new double[classes()];
      target[0] = 0.5;
      target[label(index)] += 0.5;
      return target;
    }

    @Override
    public String name() {
      return "taught";
    }

    @Override
    public int size() {
      return original.size();
    }

    @Override
    public int classes() {
      return original.classes();
    }

    @Override
    public List<String> classNames() {
      return original.classNames();
    }

    @Override
    public int[] exampleShape() {
      return original.exampleShape();
    }

    @Override
    public int label(int index) {
      return original.label(index);
    }

    @Override
    public void writeExample(int index, double[] target, int offset) {
      original.writeExample(index, target, offset);
    }
  }

  @Test
  void refusesAProductAfterTheWeightsMoved() {
    try (TorchNetwork network = network(Architectures.tanhCnn(4, 10));
        ParameterVector v = direction(network, 3);
        LinearOperator dual = network.dualHessian(batch(), FULL, Mode.TRAINING)) {
      network.step(batch(), FULL, SgdStep.plain(0.1));
      assertThrows(IllegalStateException.class, () -> dual.apply(v));
    }
  }

  @Test
  void threadsMultiplyAtOnce() {
    try (TorchNetwork network = network(Architectures.tanhCnnWithBatchNorm(4, 10));
        LinearOperator dual = network.dualHessian(batch(), FULL, Mode.TRAINING);
        ParameterVector v = direction(network, 3);
        ParameterVector alone = dual.apply(v)) {
      double[] distances =
          IntStream.range(0, 16)
              .parallel()
              .mapToDouble(
                  i -> {
                    try (ParameterVector beside = dual.apply(v)) {
                      return beside.distance(alone);
                    }
                  })
              .toArray();
      for (double distance : distances) {
        assertEquals(0, distance, 1e-12 * alone.norm2());
      }
    }
  }
}
