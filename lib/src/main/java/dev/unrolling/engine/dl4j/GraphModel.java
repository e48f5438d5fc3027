package dev.unrolling.engine.dl4j;

import dev.unrolling.model.Architecture;
import dev.unrolling.model.Layer;
import dev.unrolling.model.ParameterLayout;
import dev.unrolling.model.ParameterLayout.Entry;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A graph that computes with batch statistics, read and written as flat vectors in the order of the
 * architecture's layouts.
 *
 * <p>DL4J counts batch norm's running statistics among the parameters and their change among the
 * gradient. This keeps them at 0 in the graph, where that change is the batch's own statistics
 * times minus the momentum.
 */
final class GraphModel {

  private final ParameterLayout weightLayout;
  private final ParameterLayout statisticLayout;
  private final Map<String, Integer> positions;
  private final LayerGraph graph;

  GraphModel(Architecture architecture, DataType type) {
    this.weightLayout = architecture.parameters();
    this.statisticLayout = architecture.runningStatistics();
    GraphConfiguration.Result translated = GraphConfiguration.of(architecture, type);
    this.positions = translated.positions();
    this.graph =
        new LayerGraph(translated.configuration(), weightLayout.size() + statisticLayout.size());
  }

  /** Copies flat weights into the graph. */
  void load(INDArray weights) {
    for (Entry entry : weightLayout.entries()) {
      graph
          .getLayer(GraphConfiguration.vertex(entry))
          .getParam(key(entry))
          .assign(view(weights, entry));
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
      view(gradient, entry).assign(change(entry));
    }
  }

  /**
   * Moves running statistics by those of the batch of the last pass, as PyTorch does: by the
   * unbiased variance, while DL4J's own is the biased one.
   *
   * @param batch number of examples
   */
  void moveStatistics(INDArray statistics, int batch) {
    for (Entry entry : statisticLayout.entries()) {
      double values = (double) batch * positions.get(GraphConfiguration.vertex(entry));
      double correction =
          entry.kind() == ParameterLayout.Kind.RUNNING_VARIANCE ? values / (values - 1) : 1;
      view(statistics, entry)
          .muli(1 - Layer.BatchNorm.MOMENTUM)
          .subi(change(entry).mul(correction));
    }
  }

  private INDArray change(Entry entry) {
    return graph.gradient().getGradientFor(GraphConfiguration.vertex(entry) + "_" + key(entry));
  }

  /** A part of a flat vector in the shape that DL4J gives it: dense weights are (in, out). */
  private static INDArray view(INDArray flat, Entry entry) {
    INDArray part = part(flat, entry);
    List<Integer> shape = entry.shape();
    return switch (shape.size()) {
      case 1 -> part.reshape('c', 1, part.length());
      case 2 -> part.reshape('c', shape.get(0), shape.get(1)).transpose();
      default -> part.reshape('c', shape.stream().mapToLong(n -> n).toArray());
    };
  }

  /** The part of a flat vector that an entry names, rank 1. A view. */
  static INDArray part(INDArray flat, Entry entry) {
    return flat.get(NDArrayIndex.interval(entry.offset(), entry.offset() + entry.size()));
  }

  private static String key(Entry entry) {
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
