package dev.unrolling.engine.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/** What a user's model must be for the formula of single gradient unlearning to hold. */
final class ModelChecks {

  private ModelChecks() {}

  /**
   * Checks a model.
   *
   * @throws IllegalArgumentException naming the layer and what it holds
   */
  static void check(Model model) {
    if (model instanceof ComputationGraph graph
        && (graph.getNumInputArrays() != 1 || graph.getNumOutputArrays() != 1)) {
      throw new IllegalArgumentException(
          "a model must have one input and one output, not "
              + graph.getNumInputArrays()
              + " and "
              + graph.getNumOutputArrays());
    }
    Layer[] layers = layers(model);
    for (Layer layer : layers) {
      checkLayer(layer);
    }
    boolean endsInLoss =
        model instanceof ComputationGraph graph
            ? graph.getOutputLayer(0) instanceof IOutputLayer
            : layers[layers.length - 1] instanceof IOutputLayer;
    if (!endsInLoss) {
      throw new IllegalArgumentException(
          "a model must end in an output layer with a loss; add one, e.g. an OutputLayer");
    }
    rate(model);
    momentum(model);
  }

  private static void checkLayer(Layer layer) {
    if (layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop) {
      throw refused(layer, "is frozen, so training did not move it", "thaw it");
    }
    org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
    if (conf.getIDropout() != null) {
      throw refused(layer, "has dropout, whose draws at the visits are gone", "train without");
    }
    if (conf.getConstraints() != null && !conf.getConstraints().isEmpty()) {
      throw refused(layer, "has constraints on its weights", "train without");
    }
    if (!layer.conf().isMiniBatch()) {
      throw refused(
          layer, "sums the gradients of a batch (miniBatch(false))", "train with their mean");
    }
    if (layer.conf().getOptimizationAlgo() != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
      throw refused(
          layer,
          "trains by " + layer.conf().getOptimizationAlgo(),
          "train by STOCHASTIC_GRADIENT_DESCENT");
    }
    if (conf instanceof BaseLayer base) {
      if (base.getActivationFn() instanceof ActivationRReLU) {
        throw refused(
            layer, "has random slopes, whose draws at the visits are gone", "use LEAKYRELU");
      }
      if (base.getWeightNoise() != null) {
        throw refused(
            layer, "has weight noise, whose draws at the visits are gone", "train without");
      }
      GradientNormalization normalisation = base.getGradientNormalization();
      if (normalisation != null && normalisation != GradientNormalization.None) {
        throw refused(layer, "has gradient normalisation " + normalisation, "train without");
      }
    }
  }

  private static IllegalArgumentException refused(Layer layer, String what, String remedy) {
    return refused(layer, what, "single gradient unlearning does not hold", remedy);
  }

  static IllegalArgumentException refused(
      Layer layer, String what, String consequence, String remedy) {
    return new IllegalArgumentException(
        "layer \""
            + layer.conf().getLayer().getLayerName()
            + "\" ("
            + layer.getClass().getSimpleName()
            + ") "
            + what
            + ": "
            + consequence
            + "; "
            + remedy);
  }

  /** The one learning rate of the step at hand. */
  static double rate(Model model) {
    int iteration = BaseOptimizer.getIterationCount(model);
    int epoch = BaseOptimizer.getEpochCount(model);
    return one(model, "at one learning rate", updater -> updater.getLearningRate(iteration, epoch));
  }

  /** The one momentum: 0 for {@link Sgd}. */
  static double momentum(Model model) {
    return one(
        model,
        "with one momentum",
        updater -> updater instanceof Nesterovs nesterovs ? nesterovs.getMomentum() : 0);
  }

  private static double one(Model model, String what, ToDoubleFunction<IUpdater> property) {
    List<Double> values = new ArrayList<>();
    for (Layer layer : layers(model)) {
      if (layer.conf().getLayer() instanceof BaseLayer base && layer.numParams() > 0) {
        values.add(property.applyAsDouble(checked(layer, base.getIUpdater())));
        if (base.getBiasUpdater() != null) {
          values.add(property.applyAsDouble(checked(layer, base.getBiasUpdater())));
        }
      }
    }
    if (values.stream().distinct().count() != 1) {
      throw new IllegalArgumentException("all layers must train " + what + ", not " + values);
    }
    return values.get(0);
  }

  private static IUpdater checked(Layer layer, IUpdater updater) {
    if (updater instanceof Nesterovs nesterovs && nesterovs.getMomentumISchedule() != null) {
      throw refused(layer, "has a schedule of momentum", "train with one momentum");
    }
    if (updater instanceof Sgd || updater instanceof Nesterovs) {
      return updater;
    }
    throw refused(
        layer,
        "has the updater " + updater.getClass().getSimpleName(),
        "train with new Sgd(rate) or new Nesterovs(rate, momentum)");
  }

  static Layer[] layers(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      return network.getLayers();
    }
    if (model instanceof ComputationGraph graph) {
      return graph.getLayers();
    }
    throw new IllegalArgumentException(
        "a MultiLayerNetwork or ComputationGraph was expected, not a "
            + model.getClass().getSimpleName());
  }
}
