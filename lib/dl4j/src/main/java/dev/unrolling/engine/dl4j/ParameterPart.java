package dev.unrolling.engine.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.api.TrainingConfig;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.FrozenVertex;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;

/**
 * One parameter of a DL4J model, where it lies in the model's flat arrays, and what moves it there.
 * The updater is the one that DL4J asks for, whatever wraps the layer.
 *
 * @param layer name of its layer or vertex
 * @param key of the parameter in its layer, e.g. {@code W}
 * @param shape as its layer has it
 * @param offset of its first value in {@code params()} and in the flat gradient
 * @param stateOffset of its first value in the updater's flat state
 * @param role what training does to it
 * @param updater that DL4J moves it with
 * @param regularisation that DL4J adds to its step
 */
record ParameterPart(
    String layer,
    String key,
    List<Long> shape,
    long offset,
    long stateOffset,
    Role role,
    IUpdater updater,
    List<Regularization> regularisation) {

  /** What training does to a parameter. */
  enum Role {
    /** Steps along the gradient. */
    TRAINED,
    /** A running statistic of batch norm, which DL4J counts among the parameters. */
    STATISTIC,
    /** Nothing. */
    FROZEN
  }

  /** What batch norm keeps beside its weights. */
  private static final Set<String> STATISTICS = Set.of("mean", "var", "log10stdev");

  /** All parameters, in the order of {@code params()}. */
  static List<ParameterPart> of(Model model) {
    List<ParameterPart> parts = new ArrayList<>();
    long offset = 0;
    long stateOffset = 0;
    for (Trainable trainable : trainables(model)) {
      TrainingConfig config = trainable.getConfig();
      Map<String, INDArray> table = trainable.paramTable(false);
      for (String key : table == null ? Set.<String>of() : table.keySet()) {
        long length = table.get(key).length();
        IUpdater updater = config.getUpdaterByParam(key);
        List<Regularization> regularisation = config.getRegularizationByParam(key);
        parts.add(
            new ParameterPart(
                config.getLayerName(),
                key,
                Arrays.stream(table.get(key).shape()).boxed().toList(),
                offset,
                stateOffset,
                role(trainable, key),
                updater,
                regularisation == null ? List.of() : List.copyOf(regularisation)));
        offset += length;
        stateOffset += updater.stateSize(length);
      }
    }
    return parts;
  }

  long length() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** Name and shape, without the ones that DL4J gives a row sometimes. */
  String outline() {
    return key + shape.stream().filter(size -> size != 1).toList();
  }

  /** Its values in a flat array laid out as {@code params()}: a view, rank 1. */
  INDArray in(INDArray flat) {
    return flat.reshape(flat.length()).get(NDArrayIndex.interval(offset, offset + length()));
  }

  /** Its state, as long as itself, in the updater's flat state: a view, rank 1. */
  INDArray stateIn(INDArray flat) {
    return flat.reshape(flat.length())
        .get(NDArrayIndex.interval(stateOffset, stateOffset + length()));
  }

  private static List<Trainable> trainables(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      return List.of(network.getLayers());
    }
    ComputationGraph graph = (ComputationGraph) model;
    return Arrays.stream(graph.topologicalSortOrder())
        .mapToObj(i -> (Trainable) graph.getVertices()[i])
        .filter(vertex -> vertex.numParams() > 0)
        .toList();
  }

  private static Role role(Trainable trainable, String key) {
    boolean frozen = trainable instanceof FrozenVertex;
    Layer layer =
        trainable instanceof GraphVertex vertex
            ? vertex.hasLayer() ? vertex.getLayer() : null
            : (Layer) trainable;
    while (layer instanceof BaseWrapperLayer wrapper) {
      frozen |= layer instanceof FrozenLayer || layer instanceof FrozenLayerWithBackprop;
      layer = wrapper.getUnderlying();
    }
    if (layer != null
        && layer.conf().getLayer() instanceof BatchNormalization
        && STATISTICS.contains(key)) {
      return Role.STATISTIC;
    }
    return frozen ? Role.FROZEN : Role.TRAINED;
  }
}
