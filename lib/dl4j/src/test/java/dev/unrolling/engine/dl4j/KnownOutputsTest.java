package dev.unrolling.engine.dl4j;

import static dev.unrolling.engine.dl4j.UserFixtures.builder;
import static dev.unrolling.engine.dl4j.UserFixtures.output;
import static dev.unrolling.engine.dl4j.UserFixtures.values;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Known parts that need labels or neighbours of their own: one step is undone exactly. */
class KnownOutputsTest {

  private static final double RATE = 0.1;

  private static LSTM lstm(int outputs) {
    return new LSTM.Builder().nOut(outputs).build();
  }

  private static Arguments of(InputType type, INDArray features, long[] labels, Layer... layers) {
    return Arguments.of(type, new DataSet(features, values(7, labels)), List.of(layers));
  }

  static Stream<Arguments> outputs() {
    InputType sequence = InputType.recurrent(5, 4);
    return Stream.of(
        of(
            InputType.feedForward(5),
            values(3, 8, 5),
            new long[] {8, 3},
            new DenseLayer.Builder().nOut(3).build(),
            new LossLayer.Builder(LossFunction.MSE).activation(Activation.TANH).build()),
        of(
            sequence,
            values(3, 8, 5, 4),
            new long[] {8, 3, 4},
            lstm(6),
            new RnnOutputLayer.Builder(LossFunction.MSE)
                .nOut(3)
                .activation(Activation.TANH)
                .build()),
        of(
            sequence,
            values(3, 8, 5, 4),
            new long[] {8, 3, 4},
            lstm(3),
            new RnnLossLayer.Builder(LossFunction.MSE).activation(Activation.TANH).build()),
        of(
            InputType.convolutional(6, 6, 2),
            values(3, 8, 2, 6, 6),
            new long[] {8, 3, 4, 4},
            new ConvolutionLayer.Builder(3, 3).nOut(3).build(),
            new CnnLossLayer.Builder(LossFunction.MSE).activation(Activation.TANH).build()),
        of(
            InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 4, 4, 4, 2),
            values(3, 8, 2, 4, 4, 4),
            new long[] {8, 3, 3, 3, 3},
            new Convolution3D.Builder(2, 2, 2).nOut(3).build(),
            new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW)
                .lossFunction(LossFunction.MSE)
                .activation(Activation.TANH)
                .build()),
        of(
            InputType.feedForward(7),
            Nd4j.createFromArray(new double[] {0, 1, 2, 3, 4, 5, 6, 1}).reshape(2, 4),
            new long[] {2, 3, 4},
            new EmbeddingSequenceLayer.Builder().nIn(7).nOut(5).inputLength(4).build(),
            lstm(3),
            new RnnLossLayer.Builder(LossFunction.MSE).activation(Activation.TANH).build()));
  }

  @ParameterizedTest
  @MethodSource("outputs")
  void aStepOfALayerIsUndone(InputType type, DataSet batch, List<Layer> layers) {
    var list = builder(new Sgd(RATE)).list();
    layers.forEach(list::layer);
    MultiLayerNetwork model = new MultiLayerNetwork(list.setInputType(type).build());
    model.init();
    ForgettingListener listener = new ForgettingListener(batch);
    INDArray start = model.params().dup();
    model.addListeners(listener);
    model.fit(batch);
    assertUndone(model, UserModels.unlearn(model, batch, listener.record()), start);
  }

  private static void assertUndone(Model trained, Model unlearned, INDArray start) {
    assertTrue(trained.params().distance2(start) > 1e-4);
    assertEquals(0, unlearned.params().distance2(start), 1e-12);
  }

  private static void assertUndone(ComputationGraph model, DataSet batch) {
    ForgettingListener listener = new ForgettingListener(batch);
    INDArray start = model.params().dup();
    model.addListeners(listener);
    model.fit(batch);
    assertUndone(model, UserModels.unlearn(model, batch, listener.record()), start);
  }

  @Test
  void aStepThroughVerticesThatGoTogetherIsUndone() {
    ComputationGraph stacked =
        new ComputationGraph(
            builder(new Sgd(RATE))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.feedForward(5))
                .addLayer("a", new DenseLayer.Builder().nOut(6).build(), "in")
                .addLayer("b", new DenseLayer.Builder().nOut(6).build(), "in")
                .addVertex("stack", new StackVertex(), "a", "b")
                .addLayer("shared", new DenseLayer.Builder().nOut(6).build(), "stack")
                .addVertex("half", new UnstackVertex(1, 2), "shared")
                .addLayer("last", output().build(), "half")
                .setOutputs("last")
                .build());
    stacked.init();
    assertUndone(stacked, UserFixtures.batch(1));

    ComputationGraph repeated =
        new ComputationGraph(
            builder(new Sgd(RATE))
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(5, 4))
                .addLayer("a", new LSTM.Builder().nOut(6).build(), "in")
                .addVertex("pool", new LastTimeStepVertex("in"), "a")
                .addVertex("again", new DuplicateToTimeSeriesVertex("in"), "pool")
                .addLayer(
                    "last",
                    new RnnOutputLayer.Builder(LossFunction.MSE)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build(),
                    "again")
                .setOutputs("last")
                .build());
    repeated.init();
    assertUndone(repeated, new DataSet(values(3, 8, 5, 4), values(4, 8, 3, 4)));

    ComputationGraph pictures =
        new ComputationGraph(
            builder(new Sgd(RATE))
                .graphBuilder()
                .addInputs("in")
                .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nIn(2).nOut(3).build(), "in")
                .addVertex("helped", new PoolHelperVertex(), "conv")
                .addVertex(
                    "flat",
                    new PreprocessorVertex(new CnnToFeedForwardPreProcessor(3, 3, 3)),
                    "helped")
                .addLayer("last", output().nIn(27).build(), "flat")
                .setOutputs("last")
                .build());
    pictures.init();
    assertUndone(pictures, new DataSet(values(3, 8, 2, 6, 6), UserFixtures.labels(1, 8)));
  }
}
