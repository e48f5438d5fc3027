package dev.unrolling.engine.dl4j;

import static dev.unrolling.engine.dl4j.UserFixtures.builder;
import static dev.unrolling.engine.dl4j.UserFixtures.chain;
import static dev.unrolling.engine.dl4j.UserFixtures.dense;
import static dev.unrolling.engine.dl4j.UserFixtures.labels;
import static dev.unrolling.engine.dl4j.UserFixtures.output;
import static dev.unrolling.engine.dl4j.UserFixtures.values;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/** One step through each known vertex, activation and loss is undone exactly. */
class KnownVerticesTest {

  private static final double RATE = 0.1;

  /** A vertex, the names of what it takes, and whether that is a sequence before and after. */
  static Stream<Arguments> vertices() {
    return Stream.of(
        Arguments.of(new MergeVertex(), "a b", false, false),
        Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Product), "a b", false, false),
        Arguments.of(new ElementWiseVertex(ElementWiseVertex.Op.Max), "a b", false, false),
        Arguments.of(new L2Vertex(), "a b", false, false),
        Arguments.of(new L2NormalizeVertex(), "a", false, false),
        Arguments.of(new ScaleVertex(3), "a", false, false),
        Arguments.of(new ShiftVertex(3), "a", false, false),
        Arguments.of(new SubsetVertex(1, 4), "a", false, false),
        Arguments.of(new ReshapeVertex(-1, 6), "a", false, false),
        Arguments.of(new LastTimeStepVertex("in"), "a", true, false),
        Arguments.of(new ReverseTimeSeriesVertex(), "a", true, true));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vertices")
  void aStepThroughAVertexIsUndone(GraphVertex vertex, String from, boolean before, boolean after) {
    var graph =
        builder(new Sgd(RATE))
            .graphBuilder()
            .addInputs("in")
            .setInputTypes(before ? InputType.recurrent(5, 4) : InputType.feedForward(5));
    for (String name : from.contains("b") ? List.of("a", "b") : List.of("a")) {
      graph.addLayer(
          name,
          before ? new LSTM.Builder().nOut(6).build() : new DenseLayer.Builder().nOut(6).build(),
          "in");
    }
    graph.addVertex("mine", vertex, from.split(" "));
    if (after) {
      graph.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), "mine");
    }
    graph.addLayer("last", output().nIn(0).build(), after ? "pool" : "mine");
    ComputationGraph model = new ComputationGraph(graph.setOutputs("last").build());
    model.init();
    DataSet batch = new DataSet(before ? values(3, 8, 5, 4) : values(3, 8, 5), labels(3, 8));
    INDArray start = model.params().dup();
    ForgettingListener listener = new ForgettingListener(batch);
    model.addListeners(listener);
    model.fit(batch);
    assertTrue(model.params().distance2(start) > 1e-3);
    INDArray unlearned = UserModels.unlearn(model, batch, listener.record()).params();
    assertEquals(0, unlearned.distance2(start), 1e-12);
  }

  static Stream<String> functions() {
    return KnownParts.NAMES.stream()
        .filter(name -> name.contains(".activations.") || name.contains(".lossfunctions."))
        .sorted();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("functions")
  void aStepThroughAFunctionIsUndone(String name) throws ReflectiveOperationException {
    Object part = Class.forName(name).getDeclaredConstructor().newInstance();
    var first = dense();
    var last = output();
    if (part instanceof IActivation activation) {
      first.activation(activation);
    } else {
      last.lossFunction((ILossFunction) part);
    }
    if (name.endsWith("BinaryXENT")) {
      last.activation(Activation.SIGMOID);
    }
    // A percentage of zero is none.
    INDArray oneHot = name.endsWith("MAPE") ? labels(3, 8).addi(1) : labels(3, 8);
    boolean sparse = name.endsWith("LossSparseMCXENT");
    DataSet batch =
        new DataSet(
            values(3, 8, 5),
            sparse ? Nd4j.argMax(oneHot, 1).castTo(oneHot.dataType()).reshape(8, 1) : oneHot);
    MultiLayerNetwork model = chain(builder(new Sgd(RATE)), first.build(), last.build());
    INDArray start = model.params().dup();
    ForgettingListener listener = new ForgettingListener(batch);
    model.addListeners(listener);
    model.fit(batch);
    assertTrue(model.params().distance2(start) > 1e-3, "moved " + model.params().distance2(start));
    INDArray unlearned = UserModels.unlearn(model, batch, listener.record()).params();
    assertEquals(0, unlearned.distance2(start), 1e-12);
  }
}
