package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import dev.unrolling.model.Layer;
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
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Two independent engines give the same numbers. */
class AgreementTest {

  private static final Objective PLAIN = Objective.crossEntropy();
  private static final Objective FULL = PLAIN.withGamma(3).withWeightDecay(0.01);
  private static final SgdStep MOMENTUM = new SgdStep(0.05, 0.9);

  /** A norm of pictures behind nothing, one of plain features behind an activation. */
  private static final Architecture NORMS_ANYWHERE =
      new Architecture(
          "norms anywhere",
          List.of(3, 32, 32),
          10,
          List.of(
              new Layer.BatchNorm(3),
              new Layer.AveragePool(8),
              new Layer.Flatten(),
              new Layer.Tanh(),
              new Layer.BatchNorm(48),
              new Layer.Dense(48, 10, true)));

  private static Network network(String engine, Precision precision, Architecture architecture) {
    return Engines.open(engine, "cpu", precision).network(architecture, 1);
  }

  private static Batch batch(int from, int size) {
    return Batch.of(RealData.cifar10Train(), IntStream.range(from, from + size).toArray());
  }

  private static double relative(INDArray expected, INDArray actual) {
    INDArray wide = expected.castTo(DataType.DOUBLE);
    return wide.distance2(actual.castTo(DataType.DOUBLE)) / wide.norm2Number().doubleValue();
  }

  static Stream<Arguments> wholeRuns() {
    return Stream.of(
        Arguments.of(
            Architectures.linear(3072, 10), Precision.FLOAT64, SgdStep.plain(0.001), 1e-10),
        Arguments.of(Architectures.pooledLinear(10), Precision.FLOAT64, MOMENTUM, 1e-10),
        Arguments.of(Architectures.tanhCnn(4, 10), Precision.FLOAT64, MOMENTUM, 1e-10),
        Arguments.of(Architectures.tanhCnnWithBatchNorm(4, 10), Precision.FLOAT64, MOMENTUM, 1e-10),
        Arguments.of(
            Architectures.resnet8(8, 10), Precision.FLOAT32, new SgdStep(0.002, 0.9), 1e-4));
  }

  @ParameterizedTest
  @MethodSource("wholeRuns")
  void tenStepsAgree(Architecture a, Precision precision, SgdStep step, double tolerance) {
    try (Network torch = network("torch", precision, a);
        Network dl4j = network("dl4j", precision, a)) {
      for (int i = 0; i < 10; i++) {
        double expected = torch.step(batch(16 * i, 16), FULL, step).value();
        double actual = dl4j.step(batch(16 * i, 16), FULL, step).value();
        assertEquals(expected, actual, tolerance * expected);
      }
      NetworkState expected = torch.saveState();
      NetworkState actual = dl4j.saveState();
      assertEquals(0, relative(expected.weights(), actual.weights()), tolerance);
      if (!expected.velocity().isEmpty()) {
        // The gradient jumps where rounding decides on which side of a kink a value falls.
        assertEquals(0, relative(expected.velocity(), actual.velocity()), 100 * tolerance);
      }
      if (!expected.runningStatistics().isEmpty()) {
        assertEquals(
            0, relative(expected.runningStatistics(), actual.runningStatistics()), tolerance);
      }
      for (Mode mode : Mode.values()) {
        INDArray logits = torch.logits(batch(500, 8), mode);
        assertEquals(0, relative(logits, dl4j.logits(batch(500, 8), mode)), 10 * tolerance);
      }
    }
  }

  @Test
  @Tag("slow")
  void oneStepOfResnet18Agrees() {
    Architecture a = Architectures.resnet18(10);
    try (Network torch = network("torch", Precision.FLOAT32, a);
        Network dl4j = network("dl4j", Precision.FLOAT32, a)) {
      INDArray start = torch.saveState().weights();
      torch.step(batch(0, 8), FULL, MOMENTUM).value();
      dl4j.step(batch(0, 8), FULL, MOMENTUM).value();
      INDArray expected = torch.saveState().weights();
      INDArray actual = dl4j.saveState().weights();
      assertEquals(0, relative(expected, actual), 1e-4);
      // Of what moved, not of the weights as a whole.
      assertEquals(0, relative(expected.sub(start), actual.sub(start)), 1e-2);
      assertEquals(
          0,
          relative(torch.saveState().runningStatistics(), dl4j.saveState().runningStatistics()),
          1e-4);
    }
  }

  static Stream<Arguments> gradients() {
    return Stream.of(
            Architectures.tanhCnn(4, 10),
            Architectures.tanhCnnWithBatchNorm(4, 10),
            NORMS_ANYWHERE,
            Architectures.resnet8(4, 10),
            Architectures.named("resnet8-half-4", 10))
        .flatMap(
            a ->
                Stream.of(Mode.values())
                    .flatMap(
                        m ->
                            Stream.of(PLAIN, FULL, Objective.squaredError())
                                .map(o -> Arguments.of(a, m, o))));
  }

  /** Both engines in the same state, a few steps into training. */
  private static Network[] trained(Architecture a) {
    Network torch = network("torch", Precision.FLOAT64, a);
    for (int i = 0; i < 3; i++) {
      torch.step(batch(16 * i, 16), PLAIN, SgdStep.plain(0.1));
    }
    Network dl4j = network("dl4j", Precision.FLOAT64, a);
    dl4j.restore(torch.saveState());
    return new Network[] {torch, dl4j};
  }

  @ParameterizedTest
  @MethodSource("gradients")
  void gradientsAgree(Architecture a, Mode mode, Objective objective) {
    Network[] pair = trained(a);
    try (Network torch = pair[0];
        Network dl4j = pair[1];
        LossGradient expected = torch.gradient(batch(50, 8).averagedOver(5), objective, mode);
        LossGradient actual = dl4j.gradient(batch(50, 8).averagedOver(5), objective, mode)) {
      assertEquals(expected.loss().value(), actual.loss().value(), 1e-9);
      assertEquals(0, relative(expected.gradient().toArray(), actual.gradient().toArray()), 1e-9);
    }
  }

  static Stream<Arguments> smooth() {
    return gradients().filter(c -> !((Architecture) c.get()[0]).name().startsWith("resnet"));
  }

  @ParameterizedTest
  @MethodSource("smooth")
  void hessianVectorProductsAgree(Architecture a, Mode mode, Objective objective) {
    Network[] pair = trained(a);
    try (Network torch = pair[0];
        Network dl4j = pair[1];
        ParameterVector expected =
            torch.hessianVectorProduct(batch(50, 8), objective, mode, random(torch));
        ParameterVector actual =
            dl4j.hessianVectorProduct(batch(50, 8), objective, mode, random(dl4j))) {
      assertEquals(0, relative(expected.toArray(), actual.toArray()), 1e-6);
    }
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void hessianOfAResnetAgreesBetweenItsKinks(Mode mode) {
    Network[] pair = trained(Architectures.resnet8(4, 10));
    try (Network torch = pair[0];
        Network dl4j = pair[1];
        ParameterVector expected =
            torch.hessianVectorProduct(batch(50, 8), FULL, mode, random(torch));
        ParameterVector actual =
            dl4j.hessianVectorProduct(batch(50, 8), FULL, mode, random(dl4j))) {
      assertEquals(0, relative(expected.toArray(), actual.toArray()), 1e-2);
    }
  }

  @Test
  void curvatureOfAFloat32NetworkComesFromAFloat64Copy() {
    Architecture a = Architectures.tanhCnn(4, 10);
    try (Network torch = network("torch", Precision.FLOAT64, a);
        Network dl4j = network("dl4j", Precision.FLOAT32, a);
        ParameterVector v = random(torch);
        ParameterVector u = random(dl4j);
        ParameterVector expected =
            torch.hessianVectorProduct(batch(50, 8), PLAIN, Mode.TRAINING, v);
        ParameterVector actual = dl4j.hessianVectorProduct(batch(50, 8), PLAIN, Mode.TRAINING, u)) {
      assertEquals(DataType.FLOAT, actual.toArray().dataType());
      assertEquals(0, relative(expected.toArray(), actual.toArray()), 1e-5);
    }
  }

  private static ParameterVector random(Network network) {
    Random random = new Random(2);
    double[] values = random.doubles(network.layout().size(), -1, 1).toArray();
    return network.vector(Nd4j.createFromArray(values));
  }

  @Test
  void bothEnginesNameThemselves() {
    for (String name : new String[] {"torch", "dl4j"}) {
      Engine engine = Engines.open(name, "cpu", Precision.FLOAT32);
      assertEquals(name, engine.name());
      assertTrue(engine.version().matches(".*\\d+\\.\\d+.*"), engine.version());
    }
  }
}
