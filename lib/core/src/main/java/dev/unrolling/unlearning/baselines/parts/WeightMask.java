package dev.unrolling.unlearning.baselines.parts;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.ParameterLayout;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Which weights move. */
public final class WeightMask {

  private final boolean[] moves;

  private WeightMask(boolean[] moves) {
    this.moves = moves;
  }

  /**
   * The weights of the largest magnitude in a vector.
   *
   * @param values read, not owned
   * @param share of all weights, 0 to 1; of equal magnitudes at the edge the first count
   */
  public static WeightMask ofLargest(ParameterVector values, double share) {
    double[] magnitudes = Arrays.stream(values.toArray().toDoubleVector()).map(Math::abs).toArray();
    int count = (int) Math.round(share * magnitudes.length);
    boolean[] moves = new boolean[magnitudes.length];
    double[] sorted = magnitudes.clone();
    Arrays.sort(sorted);
    double edge = count == 0 ? Double.POSITIVE_INFINITY : sorted[sorted.length - count];
    int above = (int) Arrays.stream(magnitudes).filter(value -> value > edge).count();
    int atEdge = count - above;
    for (int i = 0; i < moves.length; i++) {
      boolean counted = magnitudes[i] == edge && atEdge > 0;
      atEdge -= counted ? 1 : 0;
      moves[i] = counted || magnitudes[i] > edge;
    }
    return new WeightMask(moves);
  }

  /**
   * The weights of the last layers that have some.
   *
   * @param layers how many, at least 1; a layer's weight and bias, or scale and shift, are one
   * @throws IllegalArgumentException if the architecture has fewer
   */
  public static WeightMask ofLastLayers(Architecture architecture, int layers) {
    ParameterLayout layout = architecture.parameters();
    List<String> names = layout.layers();
    if (layers > names.size()) {
      throw new IllegalArgumentException(
          architecture.name() + " has 1 to " + names.size() + " layers of weights, not " + layers);
    }
    List<String> last = names.subList(names.size() - layers, names.size());
    boolean[] moves = new boolean[Math.toIntExact(layout.size())];
    for (ParameterLayout.Entry entry : layout.entries()) {
      int from = (int) entry.offset();
      Arrays.fill(moves, from, from + (int) entry.size(), last.contains(entry.layer()));
    }
    return new WeightMask(moves);
  }

  /** Checks how many last layers move: at least 1. */
  public static void checkLayers(int layers) {
    if (layers < 1) {
      throw new IllegalArgumentException("layers must be at least 1, not " + layers);
    }
  }

  /** 1 where a weight moves and 0 where it does not, for a network: a new vector. */
  public ParameterVector on(Network network) {
    double[] values = new double[moves.length];
    for (int i = 0; i < moves.length; i++) {
      values[i] = moves[i] ? 1 : 0;
    }
    return network.vector(Nd4j.createFromArray(values));
  }

  /** Gives the weights that move other values; the others keep their bits. */
  public void replace(Network network, INDArray values) {
    try (ParameterVector now = network.weights()) {
      double[] mixed = now.toArray().toDoubleVector();
      double[] others = values.toDoubleVector();
      for (int i = 0; i < moves.length; i++) {
        mixed[i] = moves[i] ? others[i] : mixed[i];
      }
      try (ParameterVector set = network.vector(Nd4j.createFromArray(mixed))) {
        network.setWeights(set);
      }
    }
  }
}
