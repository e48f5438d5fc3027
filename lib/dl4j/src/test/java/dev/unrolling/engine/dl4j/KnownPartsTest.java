package dev.unrolling.engine.dl4j;

import static dev.unrolling.engine.dl4j.UserFixtures.builder;
import static dev.unrolling.engine.dl4j.UserFixtures.labels;
import static dev.unrolling.engine.dl4j.UserFixtures.values;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.*;
import org.deeplearning4j.nn.conf.layers.convolutional.*;
import org.deeplearning4j.nn.conf.layers.misc.*;
import org.deeplearning4j.nn.conf.layers.recurrent.*;
import org.deeplearning4j.nn.conf.layers.util.*;
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

/** What is known to train by the plain gradient step does: one step of it is undone exactly. */
class KnownPartsTest {

  private static final double RATE = 0.1;
  private static final InputType FLAT = InputType.feedForward(5);
  private static final InputType PICTURE = InputType.convolutional(8, 8, 2);
  private static final InputType CUBE =
      InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 4, 4, 4, 2);
  private static final InputType SEQUENCE = InputType.recurrent(5, 4);
  private static final InputType WORD = InputType.feedForward(7);

  private static LSTM lstm() {
    return new LSTM.Builder().nOut(6).build();
  }

  private static Arguments of(InputType input, Layer... layers) {
    String name =
        Stream.of(layers).map(l -> l.getClass().getSimpleName()).collect(Collectors.joining(", "));
    return Arguments.of(name, input, List.of(layers));
  }

  private static GlobalPoolingLayer pool() {
    return new GlobalPoolingLayer(PoolingType.AVG);
  }

  @SuppressWarnings("deprecation")
  static Stream<Arguments> layers() {
    ConvolutionLayer conv = new ConvolutionLayer.Builder(3, 3).nOut(6).build();
    return Stream.of(
        of(FLAT, new DenseLayer.Builder().nOut(4).hasLayerNorm(true).build()),
        of(FLAT, new ElementWiseMultiplicationLayer.Builder().nIn(5).nOut(5).build()),
        of(FLAT, new PReLULayer.Builder().inputShape(5).build()),
        of(FLAT, new BatchNormalization()),
        of(FLAT, new RepeatVector.Builder<>(3).build(), lstm(), pool()),
        of(FLAT, new FrozenLayer(new DenseLayer.Builder().nIn(5).nOut(4).build())),
        of(FLAT, new FrozenLayerWithBackprop(new DenseLayer.Builder().nIn(5).nOut(4).build())),
        of(WORD, new EmbeddingLayer.Builder().nOut(4).build()),
        of(PICTURE, conv),
        of(PICTURE, new Convolution2D.Builder(3, 3).nOut(4).build()),
        of(PICTURE, new Deconvolution2D.Builder(3, 3).nOut(4).build()),
        of(PICTURE, new DepthwiseConvolution2D.Builder(3, 3).depthMultiplier(2).build()),
        of(PICTURE, new SeparableConvolution2D.Builder(3, 3).nOut(4).build()),
        of(PICTURE, new LocallyConnected2D.Builder().kernelSize(3, 3).nOut(2).build()),
        of(PICTURE, new SubsamplingLayer.Builder().build()),
        of(PICTURE, new Pooling2D.Builder().build()),
        of(PICTURE, new Upsampling2D.Builder(2).build(), conv),
        of(PICTURE, new ZeroPaddingLayer(1, 1), conv),
        of(PICTURE, conv, new Cropping2D(1, 1)),
        of(PICTURE, new SpaceToDepthLayer.Builder<>(2).build(), conv),
        of(PICTURE, conv, new LocalResponseNormalization()),
        of(PICTURE, new BatchNormalization(), conv),
        of(
            PICTURE,
            new PrimaryCapsules.Builder(4, 2).kernelSize(3, 3).stride(2, 2).build(),
            new CapsuleLayer.Builder(3, 4, 1).build(),
            new CapsuleStrengthLayer.Builder().build()),
        of(CUBE, new Convolution3D.Builder(2, 2, 2).nOut(3).build()),
        of(CUBE, new Subsampling3DLayer.Builder().kernelSize(2, 2, 2).build()),
        of(CUBE, new Cropping3D.Builder(1, 1, 1, 1, 1, 1).build()),
        of(CUBE, new ZeroPadding3DLayer.Builder(1).build(), pool()),
        of(CUBE, new Upsampling3D.Builder(2).build(), pool()),
        of(CUBE, new Deconvolution3D.Builder().kernelSize(2, 2, 2).nOut(3).build()),
        of(SEQUENCE, lstm(), pool()),
        of(SEQUENCE, new GravesLSTM.Builder().nOut(6).build(), pool()),
        of(SEQUENCE, new GravesBidirectionalLSTM.Builder().nOut(6).build(), pool()),
        of(SEQUENCE, new SimpleRnn.Builder().nOut(6).build(), pool()),
        of(SEQUENCE, new Bidirectional(Bidirectional.Mode.ADD, lstm()), pool()),
        of(SEQUENCE, new LastTimeStep(lstm())),
        of(SEQUENCE, new MaskZeroLayer(lstm(), 0), pool()),
        of(SEQUENCE, new TimeDistributed(new DenseLayer.Builder().nOut(6).build()), pool()),
        of(SEQUENCE, lstm(), new MaskLayer(), pool()),
        of(SEQUENCE, new Convolution1DLayer.Builder(2).nOut(4).build(), pool()),
        of(SEQUENCE, new Convolution1D.Builder(2).nOut(4).build(), pool()),
        of(SEQUENCE, new LocallyConnected1D.Builder().kernelSize(2).nOut(4).build(), pool()),
        of(SEQUENCE, new Subsampling1DLayer.Builder(2).build(), pool()),
        of(SEQUENCE, new Pooling1D.Builder(2).build(), pool()),
        of(SEQUENCE, new Upsampling1D.Builder(2).build(), pool()),
        of(SEQUENCE, new ZeroPadding1DLayer.Builder(1).build(), pool()),
        of(SEQUENCE, new Cropping1D(1), pool()),
        of(
            SEQUENCE,
            new SelfAttentionLayer.Builder().nOut(6).nHeads(2).projectInput(true).build(),
            pool()),
        of(
            SEQUENCE,
            new RecurrentAttentionLayer.Builder().nOut(6).nHeads(2).projectInput(true).build(),
            pool()));
  }

  private static INDArray features(InputType input) {
    if (input == WORD) {
      return Nd4j.createFromArray(0d, 1, 2, 3, 4, 5, 6, 1).reshape(8, 1);
    }
    if (input == FLAT) {
      return values(3, 8, 5);
    }
    return input == PICTURE
        ? values(3, 8, 2, 8, 8)
        : input == CUBE ? values(3, 8, 2, 4, 4, 4) : values(3, 8, 5, 4);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layers")
  void aStepIsUndone(String name, InputType input, List<Layer> layers) {
    NeuralNetConfiguration.ListBuilder list = builder(new Sgd(RATE)).list();
    List<Layer> all = new ArrayList<>(layers);
    boolean capsules = name.startsWith("PrimaryCapsules");
    if (capsules) {
      all.add(new ActivationLayer(Activation.SOFTMAX));
      all.add(new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.IDENTITY).build());
    } else {
      all.add(
          new OutputLayer.Builder(LossFunction.MCXENT)
              .nOut(3)
              .activation(Activation.SOFTMAX)
              .build());
    }
    all.forEach(list::layer);
    MultiLayerNetwork model =
        new MultiLayerNetwork(list.setInputType(input).validateOutputLayerConfig(false).build());
    model.init();
    DataSet batch = new DataSet(features(input), labels(3, 8));
    MultiLayerNetwork start = (MultiLayerNetwork) UserModels.copy(model);
    ForgettingListener listener = new ForgettingListener(batch);
    model.addListeners(listener);
    model.fit(batch);
    double moved = UserModels.distance(start, model);
    assertTrue(moved > 1e-3, "moved " + moved);
    assertEquals(1, listener.visits());
    MultiLayerNetwork unlearned = UserModels.unlearn(model, batch, listener.record());
    assertEquals(0, UserModels.distance(start, unlearned), 1e-12 * moved + 1e-14);
  }

  @Test
  void everyNameIsThatOfAClass() throws ClassNotFoundException {
    for (String name : KnownParts.NAMES) {
      assertFalse(java.lang.reflect.Modifier.isAbstract(Class.forName(name).getModifiers()), name);
    }
  }
}
