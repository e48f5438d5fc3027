package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.Objective;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** What a user's model must be to be wrapped as a network of the seam. */
final class ContractChecks {

  private ContractChecks() {}

  /**
   * Checks, beyond {@link ModelChecks#check}, that a model fits the seam: pictures or plain
   * features in, logits out, no regularisation of its own.
   *
   * @throws IllegalArgumentException naming the layer and what it holds
   */
  static void check(Model model) {
    if (model instanceof ComputationGraph graph
        && (graph.getNumInputArrays() != 1 || graph.getNumOutputArrays() != 1)) {
      throw new IllegalArgumentException(
          "a model must have one input and one output to be wrapped, not "
              + graph.getNumInputArrays()
              + " and "
              + graph.getNumOutputArrays()
              + "; UserModels.unlearn takes several, with a MultiDataSet");
    }
    for (ParameterPart part : ParameterPart.of(model)) {
      if (part.role() == ParameterPart.Role.FROZEN) {
        throw ModelChecks.refused(
            part.layer(),
            "its parameter " + part.key(),
            "is frozen, but a network of this library trains all of its weights",
            "it cannot be wrapped",
            "thaw it, or use UserModels.unlearn, which leaves frozen layers as they are");
      }
    }
    for (Layer layer : ModelChecks.layers(model)) {
      org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
      if (layer instanceof RecurrentLayer || layer instanceof BaseWrapperLayer) {
        throw notWrapped(layer, "works on sequences", "use UserModels.unlearn, which takes masks");
      }
      if (layer.isPretrainLayer()) {
        throw notWrapped(layer, "has weights that only pre-training moves", "leave it out");
      }
      if (conf instanceof ConvolutionLayer c && c.getCnn2dDataFormat() == CNN2DFormat.NHWC
          || conf instanceof SubsamplingLayer s && s.getCnn2dDataFormat() == CNN2DFormat.NHWC
          || conf instanceof BatchNormalization b && b.getCnn2DFormat() == CNN2DFormat.NHWC) {
        throw notWrapped(
            layer, "takes (height, width, channel)", "make it take (channel, height, width)");
      }
      if (conf instanceof BatchNormalization b
          && b.isLockGammaBeta()
          && (b.getGamma() != 1 || b.getBeta() != 0)) {
        throw notWrapped(
            layer,
            "has a fixed gamma or beta, which DL4J leaves out of its forward pass",
            "fix them at 1 and 0");
      }
      if (conf instanceof BaseLayer base
          && !(empty(base.getRegularization()) && empty(base.getRegularizationBias()))) {
        throw notWrapped(
            layer,
            "has regularisation " + base.getRegularization() + base.getRegularizationBias(),
            "train without, or with the weight decay of an Objective, which acts on all weights");
      }
    }
    objective(model);
  }

  /**
   * What a model's output layer minimises.
   *
   * @throws IllegalArgumentException if it is not a loss of ours
   */
  static Objective objective(Model model) {
    Layer[] layers = ModelChecks.layers(model);
    Layer last =
        model instanceof ComputationGraph graph
            ? graph.getOutputLayer(0)
            : layers[layers.length - 1];
    org.deeplearning4j.nn.conf.layers.Layer conf = last.conf().getLayer();
    boolean plain = conf.getClass() == OutputLayer.class || conf.getClass() == LossLayer.class;
    if (plain && ((BaseLayer) conf).getActivationFn() instanceof ActivationSoftmax) {
      ILossFunction loss =
          conf instanceof OutputLayer output ? output.getLossFn() : ((LossLayer) conf).getLossFn();
      if (loss instanceof StandardDeviationLoss ours) {
        return ours.objective();
      }
      if (loss instanceof LossMCXENT theirs && theirs.getWeights() == null) {
        return Objective.crossEntropy();
      }
    }
    throw notWrapped(
        last,
        "is no OutputLayer or LossLayer with soft-max and cross entropy",
        "train with LossMCXENT without class weights, or with StandardDeviationLoss");
  }

  private static boolean empty(List<Regularization> regularisation) {
    return regularisation == null || regularisation.isEmpty();
  }

  private static IllegalArgumentException notWrapped(Layer layer, String what, String remedy) {
    return ModelChecks.refused(
        layer.conf().getLayer().getLayerName(),
        layer.getClass().getSimpleName(),
        what,
        "it cannot be wrapped",
        remedy);
  }
}
