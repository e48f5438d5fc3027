package dev.unrolling.engine.dl4j;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The parts of DL4J models whose training step is known to be plain: it moves what it holds by the
 * gradient of the loss alone, and a second pass over the same batch gives the same gradient. What
 * is not named here is not known: classes of a user's own, pre-training layers, layers that move
 * state beside the gradient ({@code CenterLossOutputLayer}, {@code OCNNOutputLayer}), whatever
 * draws at random, and what DL4J 1.0.0-M2.1 itself cannot train or copy in double precision ({@code
 * LearnedSelfAttentionLayer}, {@code AttentionVertex}, {@code LossMultiLabel}).
 */
final class KnownParts {

  private static final String CONF = "org.deeplearning4j.nn.conf.";
  private static final String ND4J = "org.nd4j.linalg.";

  /** Names of classes; a subclass of one is another class. */
  static final Set<String> NAMES =
      Stream.of(
              names(
                  CONF + "layers.",
                  "DenseLayer OutputLayer LossLayer ActivationLayer ConvolutionLayer Convolution2D",
                  "Convolution1DLayer Convolution1D Convolution3D Deconvolution2D Deconvolution3D",
                  "DepthwiseConvolution2D SeparableConvolution2D SubsamplingLayer Pooling2D",
                  "Subsampling1DLayer Pooling1D Subsampling3DLayer Upsampling1D Upsampling2D",
                  "Upsampling3D ZeroPadding1DLayer ZeroPaddingLayer ZeroPadding3DLayer",
                  "SpaceToDepthLayer GlobalPoolingLayer LocalResponseNormalization",
                  "BatchNormalization EmbeddingLayer EmbeddingSequenceLayer LSTM GravesLSTM",
                  "GravesBidirectionalLSTM RnnOutputLayer RnnLossLayer CnnLossLayer PReLULayer",
                  "Cnn3DLossLayer LocallyConnected1D LocallyConnected2D SelfAttentionLayer",
                  "RecurrentAttentionLayer CapsuleLayer",
                  "CapsuleStrengthLayer PrimaryCapsules"),
              names(CONF + "layers.convolutional.", "Cropping1D Cropping2D Cropping3D"),
              names(
                  CONF + "layers.misc.",
                  "ElementWiseMultiplicationLayer RepeatVector FrozenLayer",
                  "FrozenLayerWithBackprop"),
              names(
                  CONF + "layers.recurrent.",
                  "Bidirectional LastTimeStep SimpleRnn TimeDistributed"),
              names(CONF + "layers.samediff.", "SDLayerParams"),
              names(CONF + "layers.util.", "MaskLayer MaskZeroLayer"),
              names(
                  CONF + "graph.",
                  "ElementWiseVertex FrozenVertex L2NormalizeVertex L2Vertex",
                  "LayerVertex MergeVertex PoolHelperVertex PreprocessorVertex ReshapeVertex",
                  "ScaleVertex ShiftVertex StackVertex SubsetVertex UnstackVertex"),
              names(
                  CONF + "graph.rnn.",
                  "DuplicateToTimeSeriesVertex LastTimeStepVertex ReverseTimeSeriesVertex"),
              names(
                  CONF + "preprocessor.",
                  "Cnn3DToFeedForwardPreProcessor CnnToFeedForwardPreProcessor",
                  "CnnToRnnPreProcessor ComposableInputPreProcessor FeedForwardToCnn3DPreProcessor",
                  "FeedForwardToCnnPreProcessor FeedForwardToRnnPreProcessor",
                  "RnnToCnnPreProcessor RnnToFeedForwardPreProcessor"),
              names(CONF + "stepfunctions.", "NegativeDefaultStepFunction"),
              names(
                  ND4J + "activations.impl.",
                  "ActivationCube ActivationELU ActivationGELU ActivationHardSigmoid",
                  "ActivationHardTanH ActivationIdentity ActivationLReLU ActivationMish",
                  "ActivationRationalTanh ActivationReLU ActivationReLU6 ActivationRectifiedTanh",
                  "ActivationSELU ActivationSigmoid ActivationSoftPlus ActivationSoftSign",
                  "ActivationSoftmax ActivationSwish ActivationTanH ActivationThresholdedReLU"),
              names(
                  ND4J + "lossfunctions.impl.",
                  "LossBinaryXENT LossCosineProximity LossHinge LossKLD LossL1 LossL2",
                  "LossMAE LossMAPE LossMCXENT LossMSE LossMSLE",
                  "LossNegativeLogLikelihood LossPoisson LossSparseMCXENT LossSquaredHinge",
                  "LossWasserstein"),
              names(
                  ND4J + "schedule.",
                  "CycleSchedule ExponentialSchedule FixedSchedule InverseSchedule MapSchedule",
                  "PolySchedule RampSchedule SigmoidSchedule StepSchedule"),
              names(ND4J + "learning.config.", "Sgd Nesterovs"),
              names(
                  ND4J + "learning.regularization.",
                  "L1Regularization L2Regularization WeightDecay"),
              Stream.of(StandardDeviationLoss.class.getName()))
          .flatMap(names -> names)
          .collect(Collectors.toUnmodifiableSet());

  private KnownParts() {}

  private static Stream<String> names(String home, String... lines) {
    return Arrays.stream(lines).flatMap(line -> Stream.of(line.split(" "))).map(home::concat);
  }
}
