package dev.unrolling.engine.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Objective.Normalisation;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.Layer;
import dev.unrolling.training.Fixtures;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The closed form gives the numbers of the engines that differentiate. */
class LinearEngineTest {

  private static final Objective PLAIN = Objective.crossEntropy();
  private static final Engine LINEAR = Engines.open("linear", "cpu", Precision.FLOAT64);

  private static final Architecture PICTURES =
      new Architecture(
          "pictures", List.of(3, 32, 32), 10, List.of(new Layer.Flatten(), dense(3072, true)));

  private static Layer.Dense dense(int features, boolean bias) {
    return new Layer.Dense(features, 10, bias);
  }

  private static Batch batch(Architecture a, int from, int size) {
    return Batch.of(
        a.inputSize() == 48 ? Fixtures.features() : Fixtures.images(),
        IntStream.range(from, from + size).toArray());
  }

  static Stream<Arguments> problems() {
    List<Objective> objectives =
        List.of(
            PLAIN,
            PLAIN.withGamma(3).withWeightDecay(0.01),
            PLAIN.withGamma(0.7).withNormalisation(Normalisation.MEAN),
            Objective.squaredError().withGamma(2).withWeightDecay(0.1));
    List<Architecture> architectures =
        List.of(
            Fixtures.linear(),
            new Architecture("no bias", List.of(48), 10, List.of(dense(48, false))),
            PICTURES);
    return Stream.of("torch", "dl4j")
        .flatMap(
            engine ->
                architectures.stream()
                    .flatMap(a -> objectives.stream().map(o -> Arguments.of(engine, a, o))));
  }

  /** The same network on another engine and on this one. */
  private record Pair(Network other, Network linear) implements AutoCloseable {

    static Pair of(String engine, Architecture architecture) {
      return new Pair(
          Engines.open(engine, "cpu", Precision.FLOAT64).network(architecture, 1),
          LINEAR.network(architecture, 1));
    }

    @Override
    public void close() {
      other.close();
      linear.close();
    }
  }

  private static void same(INDArray expected, INDArray actual, double tolerance) {
    assertEquals(expected.isEmpty(), actual.isEmpty());
    if (!expected.isEmpty()) {
      double scale = expected.norm2Number().doubleValue();
      assertEquals(0, expected.distance2(actual), tolerance * scale);
    }
  }

  @ParameterizedTest
  @MethodSource("problems")
  void stepsAgree(String engine, Architecture a, Objective objective) {
    try (Pair pair = Pair.of(engine, a)) {
      for (int i = 0; i < 10; i++) {
        SgdStep step = new SgdStep(1e-3, i < 3 ? 0 : 0.9);
        Batch batch = i == 5 ? batch(a, 0, 1).emptied() : batch(a, 12 * i, 8).averagedOver(5);
        double expected = pair.other.step(batch, objective, step).value();
        assertEquals(
            expected, pair.linear.step(batch, objective, step).value(), 1e-10 * expected, "" + i);
      }
      NetworkState expected = pair.other.saveState();
      NetworkState actual = pair.linear.saveState();
      same(expected.weights(), actual.weights(), 1e-10);
      same(expected.velocity(), actual.velocity(), 1e-10);
      same(
          pair.other.logits(batch(a, 9, 30), Mode.TRAINING),
          pair.linear.logits(batch(a, 9, 30), Mode.TRAINING),
          1e-10);
    }
  }

  @ParameterizedTest
  @MethodSource("problems")
  void derivativesAgree(String engine, Architecture a, Objective objective) {
    Batch batch = batch(a, 50, 8).averagedOver(7);
    double[] direction = new Random(2).doubles(a.parameters().size(), -1, 1).toArray();
    try (Pair pair = Pair.of(engine, a);
        LossGradient expected = pair.other.gradient(batch, objective, Mode.EVALUATION);
        LossGradient actual = pair.linear.gradient(batch, objective, Mode.EVALUATION);
        LinearOperator otherHessian = pair.other.hessian(batch, objective, Mode.EVALUATION);
        LinearOperator hessian = pair.linear.hessian(batch, objective, Mode.EVALUATION);
        ParameterVector u = otherHessian.vector(direction);
        ParameterVector v = hessian.vector(direction);
        ParameterVector otherProduct = otherHessian.apply(u);
        ParameterVector product = hessian.apply(v)) {
      assertEquals(expected.loss().value(), actual.loss().value(), 1e-10);
      same(expected.gradient().toArray(), actual.gradient().toArray(), 1e-10);
      // DL4J takes finite differences.
      same(otherProduct.toArray(), product.toArray(), engine.equals("torch") ? 1e-10 : 1e-6);
      assertEquals(v.dot(product), product.dot(v));
      assertEquals(v.norm2() * v.norm2(), v.dot(v), 1e-9 * v.dot(v));
    }
  }

  @Test
  void equalLogitsHaveNoSlopeOfThePenalty() {
    Architecture a = Fixtures.linear();
    INDArray zeros = Nd4j.zeros(org.nd4j.linalg.api.buffer.DataType.DOUBLE, 490);
    Objective objective = PLAIN.withGamma(5);
    Batch batch = batch(a, 0, 8);
    try (Network other = Engines.open("torch", "cpu", Precision.FLOAT64).network(a, zeros);
        Network linear = LINEAR.network(a, zeros);
        LossGradient expected = other.gradient(batch, objective, Mode.TRAINING);
        LossGradient actual = linear.gradient(batch, objective, Mode.TRAINING);
        ParameterVector product =
            linear.hessianVectorProduct(batch, objective, Mode.TRAINING, actual.gradient())) {
      assertEquals(Math.log(10), actual.loss().value(), 1e-15);
      same(expected.gradient().toArray(), actual.gradient().toArray(), 1e-14);
      assertTrue(Double.isFinite(product.norm2()));
    }
  }

  @Test
  void aSingleOutputIsRegression() {
    // A at x = 1 has label 1, B at x = 2 label 0: the loss is (1 + 0) / 4, its slope -1 / 2 twice.
    try (Network line = Fixtures.lineAtZero(LINEAR);
        LossGradient found =
            line.gradient(
                Batch.of(Fixtures.twoPoints(), 0, 1), Objective.squaredError(), Mode.TRAINING);
        ParameterVector product =
            line.hessianVectorProduct(
                Batch.of(Fixtures.twoPoints(), 0, 1),
                Objective.squaredError(),
                Mode.TRAINING,
                found.gradient())) {
      assertEquals(0.25, found.loss().value());
      assertEquals(Nd4j.createFromArray(-0.5, -0.5), found.gradient().toArray());
      // H = [[5/2, 3/2], [3/2, 1]].
      assertEquals(Nd4j.createFromArray(-2.0, -1.25), product.toArray());
    }
  }

  @Test
  void statesGoRoundAndCopiesAreTheirOwn() {
    Architecture a = Fixtures.linear();
    SgdStep step = new SgdStep(0.1, 0.9);
    try (Network first = LINEAR.network(a, 3);
        Network second = LINEAR.network(a, 4)) {
      first.step(batch(a, 0, 8), PLAIN, step);
      second.restore(first.saveState());
      assertTrue(Fixtures.sameBits(first.saveState(), second.saveState()));
      try (Network twin = first.copy()) {
        assertNotSame(first, twin);
        NetworkState before = first.saveState();
        twin.step(batch(a, 8, 8), PLAIN, step);
        assertTrue(Fixtures.sameBits(before, first.saveState()));
        second.step(batch(a, 8, 8), PLAIN, step);
        assertTrue(Fixtures.sameBits(twin.saveState(), second.saveState()));
        try (ParameterVector weights = first.weights()) {
          twin.setWeights(weights);
          assertEquals(0, weights.scaleInPlace(2).addInPlace(-2, first.weights()).norm2());
        }
        assertEquals(before.weights(), twin.saveState().weights());
      }
    }
  }

  private static void refused(
      Class<? extends RuntimeException> type, Executable call, String... named) {
    String message = assertThrows(type, call).getMessage();
    for (String part : named) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void refusesWhatItDoesNotCompute() {
    Class<IllegalArgumentException> argument = IllegalArgumentException.class;
    refused(argument, () -> LINEAR.network(Architectures.resnet8(4, 10), 0), "resnet8-4", "torch");
    refused(argument, () -> LINEAR.network(Architectures.pooledLinear(10), 0), "pooled", "dl4j");
    refused(argument, () -> LINEAR.withPrecision(Precision.FLOAT32), "float64", "float32");
    refused(argument, () -> Engines.open("linear", "gpu", Precision.FLOAT64), "gpu", "CPU");
    assertEquals("cpu", Engines.open("linear", "cuda:0", Precision.FLOAT64).device());
    refused(argument, () -> LINEAR.withThreads(0), "0");
    Architecture a = Fixtures.linear();
    refused(argument, () -> LINEAR.network(a, Nd4j.createFromArray(1.0, 2.0)), "490", "2");
    Network network = LINEAR.network(a, 0);
    try (Network torch = Fixtures.float64().network(a, 0);
        ParameterVector foreign = torch.weights();
        ParameterVector own = network.weights()) {
      refused(argument, () -> network.setWeights(foreign), "linear", "TorchVector");
      refused(argument, () -> own.addInPlace(1, foreign), "linear", "TorchVector");
      refused(argument, () -> foreign.addInPlace(1, own), "torch", "DoubleVector");
    }
    Batch wide = Batch.of(Fixtures.images(), 0);
    refused(argument, () -> network.logits(wide, Mode.TRAINING), "3, 32, 32", "48");
    LinearOperator hessian = network.hessian(batch(a, 0, 2), PLAIN, Mode.TRAINING);
    refused(argument, () -> hessian.vector(new double[3]), "490", "3");
    hessian.close();
    network.close();
    Class<IllegalStateException> state = IllegalStateException.class;
    refused(state, () -> hessian.apply(foreignTo(a)), "closed");
    refused(state, network::weights, "closed");
    refused(state, network::saveState, "closed");
    refused(state, () -> network.step(batch(a, 0, 2), PLAIN, SgdStep.plain(1)), "closed");
    refused(state, () -> network.logits(batch(a, 0, 2), Mode.TRAINING), "closed");
  }

  private static ParameterVector foreignTo(Architecture a) {
    try (Network other = LINEAR.network(a, 1)) {
      return other.weights();
    }
  }
}
