package dev.unrolling.engine.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architectures;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What cannot be wrapped is refused by the name of the layer and of what it holds. */
class WrapRefusalsTest {

  private static final Sgd SGD = new Sgd(0.1);

  private static DenseLayer.Builder dense() {
    return new DenseLayer.Builder().name("mine").nIn(4).nOut(5);
  }

  private static OutputLayer.Builder output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .name("mine")
        .nIn(5)
        .nOut(3)
        .activation(Activation.SOFTMAX);
  }

  private static Model chain(NeuralNetConfiguration.Builder builder, Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = builder.list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    MultiLayerNetwork model = new MultiLayerNetwork(list.build());
    model.init();
    return model;
  }

  private static NeuralNetConfiguration.Builder sgd() {
    return WrapTest.builder(DataType.FLOAT, SGD);
  }

  private static Arguments first(String word, Consumer<DenseLayer.Builder> change) {
    DenseLayer.Builder layer = dense();
    change.accept(layer);
    return Arguments.of(word, chain(sgd(), layer.build(), output().build()));
  }

  private static Arguments last(String word, OutputLayer layer) {
    return Arguments.of(word, chain(sgd(), dense().name("other").build(), layer));
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        first("dropout", d -> d.dropOut(0.5)),
        first("weight noise", d -> d.weightNoise(new DropConnect(0.5))),
        first("constraints", d -> d.constrainWeights(new MaxNormConstraint(1, 1))),
        first("ClipL2", d -> d.gradientNormalization(GradientNormalization.ClipL2PerLayer)),
        first("Adam", d -> d.updater(new Adam())),
        first("Adam", d -> d.biasUpdater(new Adam())),
        first(
            "schedule of momentum",
            d ->
                d.updater(
                    new Nesterovs(0.1, new ExponentialSchedule(ScheduleType.EPOCH, 0.9, 0.9)))),
        first("regularisation", d -> d.l2(1e-4)),
        first("regularisation", d -> d.weightDecayBias(1e-4)),
        first("random slopes", d -> d.activation(Activation.RRELU)),
        last("cross entropy", lossOf(LossFunction.MSE, Activation.SOFTMAX)),
        last("soft-max", lossOf(LossFunction.XENT, Activation.SIGMOID)),
        last(
            "class weights",
            new OutputLayer.Builder(new LossMCXENT(Nd4j.createFromArray(1f, 2f, 3f)))
                .name("mine")
                .nIn(5)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build()),
        Arguments.of(
            "frozen",
            chain(
                sgd(),
                new FrozenLayer.Builder().layer(dense().build()).name("mine").build(),
                output().build())),
        Arguments.of("miniBatch", chain(sgd().miniBatch(false), dense().build(), output().build())),
        Arguments.of(
            "LBFGS",
            chain(
                sgd().optimizationAlgo(OptimizationAlgorithm.LBFGS),
                dense().build(),
                output().build())),
        Arguments.of(
            "sequences",
            chain(
                sgd(),
                new LSTM.Builder().name("mine").nIn(4).nOut(5).build(),
                new RnnOutputLayer.Builder(LossFunction.MCXENT)
                    .nIn(5)
                    .nOut(3)
                    .activation(Activation.SOFTMAX)
                    .build())),
        Arguments.of(
            "pre-training",
            chain(
                sgd(),
                new VariationalAutoencoder.Builder()
                    .name("mine")
                    .nIn(4)
                    .nOut(5)
                    .encoderLayerSizes(4)
                    .decoderLayerSizes(4)
                    .build(),
                output().build())),
        Arguments.of(
            "gamma",
            chain(
                sgd(),
                dense().build(),
                new BatchNormalization.Builder()
                    .name("mine")
                    .nIn(5)
                    .nOut(5)
                    .lockGammaBeta(true)
                    .gamma(2)
                    .build(),
                output().build())),
        Arguments.of("channel, height", channelsLast()));
  }

  private static OutputLayer lossOf(LossFunction loss, Activation activation) {
    return new OutputLayer.Builder(loss).name("mine").nIn(5).nOut(3).activation(activation).build();
  }

  private static Model channelsLast() {
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            sgd()
                .list()
                .layer(
                    new ConvolutionLayer.Builder(3, 3)
                        .name("mine")
                        .nOut(2)
                        .dataFormat(CNN2DFormat.NHWC)
                        .build())
                .layer(output().nIn(0).build())
                .setInputType(InputType.convolutional(8, 8, 3, CNN2DFormat.NHWC))
                .build());
    model.init();
    return model;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void layersAreRefusedByName(String word, Model model) {
    assertRefused(word, model, 4);
    assertRefused("\"mine\"", model, 4);
  }

  private static void assertRefused(String word, Model model, int... shape) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Dl4jNetwork.wrap(model, shape))
            .getMessage();
    assertTrue(message.contains(word), message);
  }

  @Test
  void modelsAreRefusedByWhatTheyTakeAndGive() {
    assertRefused(
        "one learning rate",
        chain(sgd(), dense().updater(new Sgd(0.5)).build(), output().build()),
        4);
    assertRefused(
        "one momentum",
        chain(sgd(), dense().updater(new Nesterovs(0.1, 0.5)).build(), output().build()),
        4);
    assertRefused("[5]", chain(sgd(), dense().build(), output().build()), 5);
    assertRefused("end in an output layer", chain(sgd(), dense().build()), 4);
    assertRefused(
        "HALF",
        chain(WrapTest.builder(DataType.valueOf("HALF"), SGD), dense().build(), output().build()),
        4);
    ComputationGraph two =
        new ComputationGraph(
            sgd()
                .graphBuilder()
                .addInputs("one", "two")
                .addLayer("out", output().nIn(10).build(), "one", "two")
                .setOutputs("out")
                .build());
    two.init();
    assertRefused("2 and 1", two, 5);
  }

  @Test
  void onlyTheSameModelIsWrittenTo() {
    MultiLayerNetwork model = (MultiLayerNetwork) chain(sgd(), dense().build(), output().build());
    MultiLayerNetwork wider =
        (MultiLayerNetwork) chain(sgd(), dense().nOut(6).build(), output().nIn(6).build());
    try (Dl4jNetwork network = Dl4jNetwork.wrap(model, 4);
        Network ours =
            Engines.open("dl4j", "cpu", Precision.FLOAT32).network(Architectures.linear(4, 3), 1)) {
      var before = wider.params().dup();
      for (Runnable write :
          new Runnable[] {
            () -> network.writeTo(wider), () -> ((Dl4jNetwork) ours).writeTo(model)
          }) {
        String message = assertThrows(IllegalArgumentException.class, write::run).getMessage();
        assertTrue(message.contains("no parameter"), message);
      }
      assertEquals(0, before.distance2(wider.params()));
    }
  }
}
