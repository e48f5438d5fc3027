package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.Mode;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Layer;
import dev.unrolling.model.ParameterLayout;
import dev.unrolling.model.ParameterLayout.Entry;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A graph for one mode, read and written as flat vectors in the order of the architecture's
 * layouts.
 *
 * <p>DL4J counts batch norm's running statistics among the parameters and their change among the
 * gradient. In training mode this keeps them at 0 in the graph, where that change is the batch's
 * own statistics times minus their share in the running ones.
 */
final class GraphModel {

  private final ParameterLayout weightLayout;
  private final ParameterLayout statisticLayout;
  private final Map<String, Integer> positions;
  private final LayerGraph graph;
  private final boolean ofUser;

  GraphModel(Architecture architecture, DataType type, Mode mode) {
    this.weightLayout = architecture.parameters();
    this.statisticLayout = architecture.runningStatistics();
    GraphConfiguration.Result translated = GraphConfiguration.of(architecture, type, mode);
    this.ofUser = architecture.layers().get(0) instanceof Layer.UserModel;
    this.positions = translated.positions();
    this.graph =
        new LayerGraph(translated.configuration(), weightLayout.size() + statisticLayout.size());
  }

  /** Copies flat weights into the graph. */
  void load(INDArray weights) {
    load(weights, weightLayout);
  }

  /** Copies flat running statistics into the graph. */
  void loadStatistics(INDArray statistics) {
    load(statistics, statisticLayout);
  }

  private void load(INDArray values, ParameterLayout layout) {
    for (Entry entry : layout.entries()) {
      INDArray parameter = graph.getLayer(GraphConfiguration.vertex(entry)).getParam(key(entry));
      parameter.assign(view(values, entry).reshape(parameter.shape()));
    }
  }

  /** Logits {@code (batch, classes)} of an input {@code (batch, ...)}. */
  INDArray logits(INDArray input) {
    return graph.logits(input);
  }

  /**
   * Goes forward and back.
   *
   * @param derivative from logits to the loss's derivative by them
   * @param gradient receives the derivative by the flat weights
   */
  void pass(INDArray input, UnaryOperator<INDArray> derivative, INDArray gradient) {
    graph.pass(input, derivative);
    for (Entry entry : weightLayout.entries()) {
      INDArray part = view(gradient, entry);
      part.assign(change(entry).reshape(part.shape()));
    }
  }

  /** Goes forward and back; the derivative by the input, of its shape, is a new array. */
  INDArray inputDerivative(INDArray input, UnaryOperator<INDArray> derivative) {
    return graph.inputDerivative(input, derivative);
  }

  /**
   * Moves running statistics by those of the batch of the last pass: for our architectures as
   * PyTorch does, by the unbiased variance; for a user's model as DL4J does, by the biased one.
   *
   * @param batch number of examples
   */
  void moveStatistics(INDArray statistics, int batch) {
    for (Entry entry : statisticLayout.entries()) {
      String vertex = GraphConfiguration.vertex(entry);
      double correction = 1;
      if (entry.kind() == ParameterLayout.Kind.RUNNING_VARIANCE && positions.containsKey(vertex)) {
        double values = (double) batch * positions.get(vertex);
        correction = values / (values - 1);
      }
      BatchNormalization norm = (BatchNormalization) graph.getLayer(vertex).conf().getLayer();
      view(statistics, entry).muli(norm.getDecay()).subi(change(entry).mul(correction));
    }
  }

  private INDArray change(Entry entry) {
    return graph.gradient().getGradientFor(GraphConfiguration.vertex(entry) + "_" + key(entry));
  }

  /** A part of a flat vector in the shape that DL4J gives it. */
  private INDArray view(INDArray flat, Entry entry) {
    INDArray part = part(flat, entry);
    long[] shape = entry.shape().stream().mapToLong(n -> n).toArray();
    if (shape.length == 1) {
      return part.reshape('c', 1, part.length());
    }
    INDArray shaped = part.reshape('c', shape);
    // Of our own architectures, DL4J has dense weights as (in, out).
    return shape.length == 2 && !ofUser ? shaped.transpose() : shaped;
  }

  /** The part of a flat vector that an entry names, rank 1. A view. */
  static INDArray part(INDArray flat, Entry entry) {
    return flat.get(NDArrayIndex.interval(entry.offset(), entry.offset() + entry.size()));
  }

  /** DL4J's own name of a parameter, within its layer. */
  private String key(Entry entry) {
    if (ofUser) {
      return entry.name().substring(entry.name().lastIndexOf('.') + 1);
    }
    return switch (entry.kind()) {
      case WEIGHT -> "W";
      case BIAS -> "b";
      case SCALE -> "gamma";
      case SHIFT -> "beta";
      case RUNNING_MEAN -> "mean";
      case RUNNING_VARIANCE -> "var";
    };
  }
}
