package dev.unrolling.engine.dl4j;

import static dev.unrolling.engine.dl4j.UserFixtures.assertRefused;
import static dev.unrolling.engine.dl4j.UserFixtures.builder;
import static dev.unrolling.engine.dl4j.UserFixtures.chain;
import static dev.unrolling.engine.dl4j.UserFixtures.dense;
import static dev.unrolling.engine.dl4j.UserFixtures.output;
import static dev.unrolling.engine.dl4j.UserFixtures.plain;

import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaVertex;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.FixedSchedule;

/** What is not known to train by the plain gradient step is refused, however deep it sits. */
class ModelChecksTest {

  private static final Sgd SGD = new Sgd(0.01);

  private static final class MyActivation extends ActivationTanH {}

  private static final class MyLoss extends LossMCXENT {}

  private static final class MySchedule extends FixedSchedule {
    MySchedule() {
      super(0.01);
    }
  }

  private static final class MyPreProcessor extends CnnToFeedForwardPreProcessor {
    MyPreProcessor() {
      super(6, 6, 2);
    }
  }

  @SuppressWarnings("overrides")
  private static final class MyNetwork extends MultiLayerNetwork {
    MyNetwork() {
      super(plain(SGD).getLayerWiseConfigurations());
    }
  }

  private static final class MyVertex extends SameDiffLambdaVertex {
    @Override
    public SDVariable defineVertex(SameDiff sameDiff, VertexInputs inputs) {
      return inputs.getInput(0).mul(2);
    }
  }

  private static LSTM.Builder lstm() {
    return new LSTM.Builder().nIn(5).nOut(6);
  }

  private static Arguments in(String words, Layer... layers) {
    return Arguments.of(words, chain(builder(SGD), layers));
  }

  private static Arguments sequence(String words, Layer first) {
    return in(words, first, new GlobalPoolingLayer(PoolingType.AVG), output().build());
  }

  private static Bidirectional both(LSTM.Builder inner) {
    return new Bidirectional(Bidirectional.Mode.ADD, inner.build());
  }

  @SuppressWarnings("deprecation")
  static Stream<Arguments> refused() {
    return Stream.of(
        sequence("updater Adam", both(lstm().updater(new Adam(0.01)))),
        sequence("dropout;fwd.iDropout", both(lstm().dropOut(0.5))),
        sequence(
            "gradient normalisation ClipL2PerLayer;fwd.gradientNormalization",
            both(lstm().gradientNormalization(GradientNormalization.ClipL2PerLayer))),
        sequence("weight noise;fwd.weightNoise", both(lstm().weightNoise(new DropConnect(0.5)))),
        sequence(
            "constraints;underlying.fwd.constraints",
            new LastTimeStep(both(lstm().constrainWeights(new NonNegativeConstraint())))),
        sequence(
            "random slopes;underlying.activationFn",
            new TimeDistributed(
                new DenseLayer.Builder().nIn(5).nOut(6).activation(Activation.RRELU).build())),
        in(
            "random slopes;activationFn",
            dense().build(),
            new ActivationLayer(Activation.RRELU),
            output().build()),
        in(
            "MyActivation;activationFn",
            dense().activation(new MyActivation()).build(),
            output().build()),
        in(
            "MyActivation",
            dense().build(),
            new ActivationLayer(new MyActivation()),
            output().build()),
        in("MyLoss;lossFn", dense().build(), output().lossFunction(new MyLoss()).build()),
        in(
            "MySchedule",
            dense().updater(new Sgd(new MySchedule())).build(),
            output().updater(new Sgd(new MySchedule())).build()),
        in("DropoutLayer", dense().build(), new DropoutLayer(0.5), output().build()),
        in("updater NoOp", dense().updater(new NoOp()).build(), output().build()),
        in("updater Adam", dense().biasUpdater(new Adam()).build(), output().build()),
        in("one learning rate", dense().biasUpdater(new Sgd(0.5)).build(), output().build()),
        in("pre-training", new AutoEncoder.Builder().nIn(5).nOut(6).build(), output().build()),
        in(
            "CenterLossOutputLayer",
            dense().build(),
            new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                .nIn(6)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build()),
        Arguments.of(
            "maximises", chain(builder(SGD).minimize(false), dense().build(), output().build())),
        Arguments.of("TruncatedBPTT", truncated()),
        Arguments.of("MyPreProcessor", preProcessed()),
        Arguments.of("MyVertex;\"mine\"", graph()),
        Arguments.of("MyNetwork", new MyNetwork()),
        Arguments.of(
            "HALF", chain(builder(SGD).dataType(DataType.HALF), dense().build(), output().build())),
        Arguments.of("init()", new MultiLayerNetwork(plain(SGD).getLayerWiseConfigurations())),
        Arguments.of("init()", new ComputationGraph(graph().getConfiguration())));
  }

  private static Model truncated() {
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            builder(SGD)
                .list()
                .layer(lstm().build())
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(6)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .backpropType(BackpropType.TruncatedBPTT)
                .build());
    model.init();
    return model;
  }

  private static Model preProcessed() {
    MultiLayerNetwork model =
        new MultiLayerNetwork(
            builder(SGD)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(2).build())
                .layer(output().nIn(0).build())
                .inputPreProcessor(1, new MyPreProcessor())
                .setInputType(InputType.convolutional(8, 8, 2))
                .build());
    model.init();
    return model;
  }

  private static ComputationGraph graph() {
    ComputationGraph graph =
        new ComputationGraph(
            builder(SGD)
                .graphBuilder()
                .addInputs("in")
                .addLayer("first", dense().build(), "in")
                .addVertex("mine", new MyVertex(), "first")
                .addLayer("last", output().build(), "mine")
                .setOutputs("last")
                .build());
    graph.init();
    return graph;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void isRefusedByName(String words, Model model) {
    for (String word : words.split(";")) {
      assertRefused(IllegalArgumentException.class, word, () -> ModelChecks.check(model));
      assertRefused(IllegalArgumentException.class, word, () -> Dl4jNetwork.wrap(model, 5));
    }
  }
}
