package dev.unrolling.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.Layer;
import dev.unrolling.training.Fixtures;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The gradient by the pictures, on each engine. */
class InputGradientTest {

  private static final Objective PLAIN = Objective.crossEntropy();
  private static final Objective FULL = PLAIN.withGamma(3).withWeightDecay(0.01);

  /** Two ways from the pictures to the logits. */
  private static final Architecture BRANCHED =
      new Architecture(
          "branched",
          List.of(3, 32, 32),
          10,
          List.of(
              new Layer.Residual(
                  List.of(new Layer.Convolution(3, 3, 3, 1, 1, true), new Layer.Tanh()), List.of()),
              new Layer.AveragePool(8),
              new Layer.Flatten(),
              new Layer.Dense(48, 10, true)));

  private static final Architecture FLAT =
      new Architecture(
          "flat",
          List.of(3, 32, 32),
          10,
          List.of(new Layer.Flatten(), new Layer.Dense(3072, 10, true)));

  private static Batch batch(Dataset images) {
    return Batch.of(images, 0, 1, 2, 3, 4, 5, 6, 7).averagedOver(5);
  }

  /** The first eight pictures, one of their values moved. */
  private static Dataset moved(int place, double by) {
    Dataset images = Fixtures.images();
    double[] values = new double[8 * images.exampleSize()];
    for (int i = 0; i < 8; i++) {
      images.writeExample(i, values, i * images.exampleSize());
    }
    values[place] += by;
    int[] labels = IntStream.range(0, 8).map(images::label).toArray();
    return FeatureDataset.of("moved", images.exampleShape(), values, labels, images.classNames());
  }

  /** In float64, with running statistics that are no longer those of the start. */
  private static Network trained(String engine, Architecture architecture) {
    Network network = Engines.open(engine, "cpu", Precision.FLOAT64).network(architecture, 1);
    for (int i = 0; i < 3; i++) {
      network.step(batch(Fixtures.images()), PLAIN, SgdStep.plain(0.05));
    }
    return network;
  }

  static Stream<Arguments> networks() {
    return Stream.of(
            Architectures.tanhCnn(4, 10), Architectures.tanhCnnWithBatchNorm(4, 10), BRANCHED, FLAT)
        .flatMap(a -> Stream.of("torch", "dl4j").map(engine -> Arguments.of(engine, a)));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void itIsTheSlopeOfTheLoss(String engine, Architecture architecture) {
    try (Network network = trained(engine, architecture)) {
      NetworkState before = network.saveState();
      for (Mode mode : Mode.values()) {
        INDArray gradient = network.inputGradient(batch(Fixtures.images()), FULL, mode);
        assertArrayEquals(new long[] {8, 3, 32, 32}, gradient.shape());
        assertTrue(Fixtures.sameBits(before, network.saveState()));
        double[] found = gradient.reshape('c', new long[] {8L * 3072}).toDoubleVector();
        double scale = gradient.norm2Number().doubleValue() / Math.sqrt(found.length);
        // A step with no common divisor: all examples, channels, rows and columns.
        for (int place = 5; place < found.length; place += 1237) {
          double step = 1e-4;
          double slope =
              (loss(network, moved(place, step), mode) - loss(network, moved(place, -step), mode))
                  / (2 * step);
          assertEquals(slope, found[place], 1e-5 * scale, engine + ", " + mode + ", " + place);
        }
      }
    }
  }

  private static double loss(Network network, Dataset pictures, Mode mode) {
    try (LossGradient found = network.gradient(batch(pictures), FULL, mode)) {
      return found.loss().value();
    }
  }

  static Stream<Arguments> pairs() {
    return Stream.of(
            Architectures.tanhCnnWithBatchNorm(4, 10), BRANCHED, FLAT, Architectures.resnet8(4, 10))
        .flatMap(
            a ->
                Stream.of(PLAIN, FULL, Objective.squaredError())
                    .flatMap(o -> Stream.of(Mode.values()).map(m -> Arguments.of(a, o, m))));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void theEnginesAgree(Architecture architecture, Objective objective, Mode mode) {
    Batch batch = batch(Fixtures.images());
    try (Network torch = trained("torch", architecture);
        Network dl4j = Engines.open("dl4j", "cpu", Precision.FLOAT64).network(architecture, 1)) {
      dl4j.restore(torch.saveState());
      INDArray expected = torch.inputGradient(batch, objective, mode);
      assertNear(expected, dl4j.inputGradient(batch, objective, mode), 1e-9);
      if (architecture == FLAT) {
        try (Network linear =
            Engines.open("linear", "cpu", Precision.FLOAT64)
                .network(architecture, torch.saveState().weights())) {
          assertNear(expected, linear.inputGradient(batch, objective, mode), 1e-12);
        }
      }
    }
  }

  private static void assertNear(INDArray expected, INDArray found, double tolerance) {
    assertArrayEquals(expected.shape(), found.shape());
    INDArray wide = found.castTo(DataType.DOUBLE);
    assertEquals(0, expected.distance2(wide), tolerance * expected.norm2Number().doubleValue());
  }

  /** What float32 changes beside the digits: the layout of memory, and DL4J's own layers. */
  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j"})
  void float32GivesTheSame(String engine) {
    Architecture architecture = Architectures.tanhCnnWithBatchNorm(4, 10);
    Batch batch = batch(Fixtures.images());
    try (Network wide = trained(engine, architecture);
        Network narrow = Engines.open(engine, "cpu", Precision.FLOAT32).network(architecture, 1)) {
      narrow.restore(wide.saveState());
      for (Mode mode : Mode.values()) {
        INDArray found = narrow.inputGradient(batch, PLAIN, mode);
        assertEquals(DataType.FLOAT, found.dataType());
        assertNear(wide.inputGradient(batch, PLAIN, mode), found, 1e-4);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j", "linear"})
  void byHand(String engine) {
    // Logits (x, -x), of the first point (1, -1) with label 1, of the second (2, -2) with label 0:
    // the slopes are p - y, and x weighs them by 1 and -1.
    Batch both = Batch.of(Fixtures.twoPoints(), 0, 1);
    double first = 2 / (1 + Math.exp(-2));
    double second = -2 / (1 + Math.exp(4));
    try (Network line =
        Engines.open(engine, "cpu", Precision.FLOAT64)
            .network(Architectures.linear(1, 2), Nd4j.createFromArray(1.0, -1, 0, 0))) {
      INDArray mean = line.inputGradient(both, PLAIN.withWeightDecay(9), Mode.EVALUATION);
      assertArrayEquals(new long[] {2, 1}, mean.shape());
      assertArrayEquals(
          new double[] {first / 2, second / 2}, mean.reshape(2).toDoubleVector(), 1e-14);
      INDArray sum = line.inputGradient(both.averagedOver(1), PLAIN, Mode.TRAINING);
      assertArrayEquals(new double[] {first, second}, sum.reshape(2).toDoubleVector(), 1e-14);
      try (MaskedNetwork masked =
          new MaskedNetwork(line.copy(), Nd4j.createFromArray(1.0, 0, 1, 1))) {
        // Logits (1, 0): the first weight alone is left.
        double[] left =
            masked.inputGradient(both, PLAIN, Mode.EVALUATION).reshape(2).toDoubleVector();
        assertEquals(1 / (1 + Math.exp(-1)) / 2, left[0], 1e-14);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j", "linear"})
  void anEmptyBatchHasNoRows(String engine) {
    try (Network network = Engines.open(engine, "cpu", Precision.FLOAT64).network(FLAT, 1)) {
      INDArray none =
          network.inputGradient(batch(Fixtures.images()).emptied(), PLAIN, Mode.EVALUATION);
      assertArrayEquals(new long[] {0, 3, 32, 32}, none.shape());
    }
  }

  /** The derivative of the pictures is only kept where it is asked for. */
  @Test
  void stepsOfDl4jAreThoseFromBefore() {
    try (Network asked = trained("dl4j", BRANCHED);
        Network other = asked.copy()) {
      asked.inputGradient(batch(Fixtures.images()), FULL, Mode.TRAINING);
      asked.step(batch(Fixtures.images()), FULL, SgdStep.plain(0.1));
      other.step(batch(Fixtures.images()), FULL, SgdStep.plain(0.1));
      assertTrue(Fixtures.sameBits(asked.saveState(), other.saveState()));
    }
  }
}
