package dev.unrolling.engine.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.nd4j.linalg.learning.config.IUpdater;
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
    if (conf instanceof BaseLayer base) {
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
    return new IllegalArgumentException(
        "layer \""
            + layer.conf().getLayer().getLayerName()
            + "\" ("
            + layer.getClass().getSimpleName()
            + ") "
            + what
            + ": single gradient unlearning does not hold; "
            + remedy);
  }

  /** The one learning rate of the step at hand. */
  static double rate(Model model) {
    int iteration = BaseOptimizer.getIterationCount(model);
    int epoch = BaseOptimizer.getEpochCount(model);
    List<Double> rates = new ArrayList<>();
    for (Layer layer : layers(model)) {
      if (layer.conf().getLayer() instanceof BaseLayer base && layer.numParams() > 0) {
        rates.add(rate(layer, base.getIUpdater(), iteration, epoch));
        if (base.getBiasUpdater() != null) {
          rates.add(rate(layer, base.getBiasUpdater(), iteration, epoch));
        }
      }
    }
    if (rates.stream().distinct().count() != 1) {
      throw new IllegalArgumentException(
          "all layers must train at one learning rate, not at " + rates);
    }
    return rates.get(0);
  }

  private static double rate(Layer layer, IUpdater updater, int iteration, int epoch) {
    if (updater instanceof Sgd sgd) {
      return sgd.getLearningRate(iteration, epoch);
    }
    throw refused(
        layer, "has the updater " + updater.getClass().getSimpleName(), "train with new Sgd(rate)");
  }

  private static Layer[] layers(Model model) {
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
