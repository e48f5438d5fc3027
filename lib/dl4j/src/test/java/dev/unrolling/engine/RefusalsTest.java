package dev.unrolling.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.RealData;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.Layer;
import dev.unrolling.training.Fixtures;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What neither engine computes: it says so in one line, and nothing has changed. */
class RefusalsTest {

  private static final Objective PLAIN = Objective.crossEntropy();
  private static final SgdStep STEP = new SgdStep(0.1, 0.9);

  private static final Architecture NORM_OF_FEATURES =
      new Architecture(
          "norm of features",
          List.of(4),
          3,
          List.of(
              new Layer.Dense(4, 4, true), new Layer.BatchNorm(4), new Layer.Dense(4, 3, true)));

  /** Examples of four features: value and label of the second are given. */
  private record Four(double second, int label) implements Dataset {
    @Override
    public String name() {
      return "four features";
    }

    @Override
    public int size() {
      return 9;
    }

    @Override
    public int classes() {
      return 3;
    }

    @Override
    public List<String> classNames() {
      return Collections.nCopies(3, "a class");
    }

    @Override
    public int[] exampleShape() {
      return new int[] {4};
    }

    @Override
    public int label(int index) {
      return index == 1 ? label : index % 3;
    }

    @Override
    public void writeExample(int index, double[] target, int offset) {
      for (int i = 0; i < 4; i++) {
        target[offset + i] = index == 1 && i == 2 ? second : Math.sin(4 * index + i);
      }
    }
  }

  private static Network network(String engine, Architecture architecture) {
    return Engines.open(engine, "cpu", Precision.FLOAT32).network(architecture, 1);
  }

  private static void refused(
      Class<? extends RuntimeException> type, Executable call, String... named) {
    String message = assertThrows(type, call).getMessage();
    assertEquals(1, message.lines().count(), message);
    for (String part : named) {
      assertTrue(message.contains(part), message);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j"})
  void aNormOverOneValueIsRefusedBeforeAnythingChanges(String engine) {
    Dataset data = new Four(0, 0);
    Batch one = Batch.of(data, 0);
    try (Network network = network(engine, NORM_OF_FEATURES);
        ParameterVector v = network.weights()) {
      network.step(Batch.of(data, 2, 3, 4), PLAIN, STEP);
      NetworkState before = network.saveState();
      String[] named = {"norm of features", "layer 2 of 3, BatchNorm", "batch of 1"};
      Class<IllegalArgumentException> type = IllegalArgumentException.class;
      refused(type, () -> network.step(one, PLAIN, STEP), named);
      refused(type, () -> network.gradient(one, PLAIN, Mode.TRAINING), named);
      refused(type, () -> network.inputGradient(one, PLAIN, Mode.TRAINING), named);
      refused(type, () -> network.logits(one, Mode.TRAINING), named);
      refused(
          type, () -> network.hessianVectorProduct(one, PLAIN, Mode.TRAINING, v).close(), named);
      assertTrue(Fixtures.sameBits(before, network.saveState()));
      // By running statistics a single example is as good as any.
      assertEquals(3, network.logits(one, Mode.EVALUATION).length());
      network.gradient(one, PLAIN, Mode.EVALUATION).close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "torch, -1",
    "torch, -100",
    "torch, 3",
    "dl4j, -1",
    "dl4j, -100",
    "dl4j, 3",
  })
  void aLabelWithoutAnOutputIsRefused(String engine, int label) {
    try (Network network = network(engine, Architectures.linear(4, 3))) {
      NetworkState before = network.saveState();
      Batch batch = Batch.of(new Four(0, label), 0, 1, 2);
      for (Objective objective : List.of(PLAIN, Objective.squaredError())) {
        refused(
            IllegalArgumentException.class,
            () -> network.step(batch, objective, STEP),
            "example 1 of four features",
            "label " + label,
            "0 to 2");
      }
      assertTrue(Fixtures.sameBits(before, network.saveState()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j"})
  void aSingleOutputHasOneClassUnlessItIsARegression(String engine) {
    try (Network network = network(engine, Architectures.linear(4, 1))) {
      Batch batch = Batch.of(new Four(0, 7), 0, 1, 2);
      refused(
          IllegalArgumentException.class,
          () -> network.step(batch, PLAIN, STEP),
          "label 7",
          "0 to 0");
      assertTrue(network.step(batch, Objective.squaredError(), STEP).value() > 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"torch, NaN", "torch, Infinity", "dl4j, NaN", "dl4j, -Infinity"})
  void aValueThatIsNotFiniteIsRefused(String engine, double value) {
    try (Network network = network(engine, Architectures.linear(4, 3))) {
      NetworkState before = network.saveState();
      Batch batch = Batch.of(new Four(value, 0), 0, 1, 2);
      String[] named = {"example 1 of four features", String.valueOf(value), "value 2"};
      refused(IllegalArgumentException.class, () -> network.step(batch, PLAIN, STEP), named);
      refused(IllegalArgumentException.class, () -> network.logits(batch, Mode.EVALUATION), named);
      assertTrue(Fixtures.sameBits(before, network.saveState()));
      // Finite, though the sum is not.
      network.logits(Batch.of(new Four(Double.MAX_VALUE, 0), 1), Mode.EVALUATION);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j"})
  void nothingIsReadOnceItIsClosed(String engine) {
    Batch batch = Batch.of(RealData.cifar10Test(), 0, 1, 2, 3);
    Network network = network(engine, Architectures.tanhCnn(2, 10));
    network.step(batch, PLAIN, STEP);
    ParameterVector kept = network.weights();
    LinearOperator hessian = network.hessian(batch, PLAIN, Mode.EVALUATION);
    LinearOperator closedFirst = network.hessian(batch, PLAIN, Mode.EVALUATION);
    closedFirst.close();
    NetworkState state = network.saveState();
    Class<IllegalStateException> type = IllegalStateException.class;
    refused(type, () -> closedFirst.apply(kept), "the Hessian was closed");
    network.close();
    network.close();
    Map<String, Executable> uses =
        Map.of(
            "weights", network::weights,
            "setWeights", () -> network.setWeights(kept),
            "vector", () -> network.vector(state.weights()),
            "saveState", network::saveState,
            "restore", () -> network.restore(state),
            "copy", network::copy,
            "step", () -> network.step(batch, PLAIN, STEP),
            "gradient", () -> network.gradient(batch, PLAIN, Mode.TRAINING),
            "hessian", () -> network.hessian(batch, PLAIN, Mode.TRAINING),
            "logits", () -> network.logits(batch, Mode.EVALUATION));
    uses.forEach((name, use) -> refused(type, use, "the network tanh-cnn-2 was closed"));
    refused(
        type, () -> network.inputGradient(batch, PLAIN, Mode.TRAINING), "tanh-cnn-2 was closed");
    refused(type, () -> network.step(batch.emptied(), PLAIN, STEP), "closed");
    refused(type, () -> network.logits(batch.emptied(), Mode.TRAINING), "closed");
    // What was taken out of it before is its owner's.
    assertTrue(kept.norm2() > 0);
    hessian.close();
    kept.close();
    kept.close();
    Map<String, Executable> vectorUses =
        Map.of(
            "size", kept::size,
            "copy", kept::copy,
            "scale", () -> kept.scaleInPlace(2),
            "dot", () -> kept.dot(kept),
            "norm2", kept::norm2,
            "toArray", kept::toArray);
    vectorUses.forEach((name, use) -> refused(type, use, "the vector was closed"));
    try (Network other = network(engine, Architectures.tanhCnn(2, 10));
        ParameterVector open = other.weights()) {
      refused(type, () -> open.addInPlace(1, kept), "the vector was closed");
      refused(type, () -> open.dot(kept), "the vector was closed");
      refused(type, () -> other.setWeights(kept), "the vector was closed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch"})
  void aHessianOfOtherWeightsSaysSoInOneLine(String engine) {
    Batch batch = Batch.of(RealData.cifar10Test(), 0, 1, 2, 3);
    try (Network network = network(engine, Architectures.tanhCnn(2, 10));
        ParameterVector v = network.weights();
        LinearOperator hessian = network.hessian(batch, PLAIN, Mode.EVALUATION)) {
      network.step(batch, PLAIN, STEP);
      refused(IllegalStateException.class, () -> hessian.apply(v), "moved", "make another");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch", "dl4j"})
  void aFactorThatIsNoNumberLeavesNone(String engine) {
    try (Network network = network(engine, Architectures.linear(4, 3));
        ParameterVector v = network.weights();
        ParameterVector w = network.weights()) {
      assertTrue(Double.isNaN(v.scaleInPlace(Double.NaN).norm2()));
      assertTrue(Double.isNaN(v.dot(w)));
      assertTrue(Double.isNaN(v.distance(w)));
    }
  }
}
