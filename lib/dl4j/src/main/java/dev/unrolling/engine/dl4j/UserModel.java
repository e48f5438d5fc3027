package dev.unrolling.engine.dl4j;

import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.ParameterLayout.Entry;
import dev.unrolling.model.ParameterLayout.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A user's own DL4J model in the terms of the seam. DL4J counts batch norm's statistics among its
 * parameters; here they are apart. Its running variance stays the biased one that DL4J keeps, so
 * that the model can be written back.
 *
 * @param architecture of one layer: the configuration as DL4J writes it
 * @param weights trainable weights, rank 1, in the order of the architecture's layout
 * @param statistics running statistics, rank 1; empty if there are none
 */
record UserModel(Architecture architecture, INDArray weights, INDArray statistics) {

  private static final String LOG_DEVIATION = "log10stdev";

  /**
   * Takes a model apart, and leaves it as it is.
   *
   * @param exampleShape of what it is fed, without the batch
   * @param statements on layers that the library does not know
   * @throws IllegalArgumentException if it holds what the seam does not cover
   */
  static UserModel of(Model model, int[] exampleShape, UserStatement... statements) {
    ModelChecks.check(model, statements);
    ContractChecks.check(model);
    ComputationGraph graph =
        model instanceof MultiLayerNetwork network
            ? network.toComputationGraph()
            : (ComputationGraph) UserModels.copy(model);
    List<Entry> parameters = new ArrayList<>();
    List<Entry> statistics = new ArrayList<>();
    List<INDArray> weights = new ArrayList<>();
    List<INDArray> running = new ArrayList<>();
    for (Layer layer : graph.getLayers()) {
      layer
          .paramTable()
          .forEach(
              (key, values) -> {
                Entry entry = entry(layer, key, values);
                boolean statistic = isStatistic(entry);
                (statistic ? statistics : parameters).add(entry);
                (statistic ? running : weights).add(flat(natural(key, values)));
              });
    }
    dev.unrolling.model.Layer wrapped =
        new dev.unrolling.model.Layer.UserModel(
            Dl4jEngine.NAME,
            graph.getConfiguration().toJson(),
            UserConfiguration.smooth(graph),
            parameters,
            statistics);
    return new UserModel(
        new Architecture(
            "a user's " + model.getClass().getSimpleName(),
            Arrays.stream(exampleShape).boxed().toList(),
            classes(graph, exampleShape),
            List.of(wrapped)),
        joined(weights, graph),
        joined(running, graph));
  }

  /** As a network of the library, in the precision of its weights. */
  Dl4jNetwork network() {
    Precision precision =
        weights.dataType() == DataType.DOUBLE ? Precision.FLOAT64 : Precision.FLOAT32;
    Dl4jEngine engine = new Dl4jEngine(Dl4jEngineProvider.device(), precision);
    Dl4jNetwork network = new Dl4jNetwork(engine, architecture, weights);
    network.restore(new NetworkState(weights, statistics, Nd4j.empty(precision.dataType())));
    return network;
  }

  private static int classes(ComputationGraph graph, int... exampleShape) {
    long[] shape = new long[exampleShape.length + 1];
    shape[0] = 1;
    for (int i = 0; i < exampleShape.length; i++) {
      shape[i + 1] = exampleShape[i];
    }
    INDArray output;
    try {
      output = graph.output(Nd4j.zeros(graph.params().dataType(), shape))[0];
    } catch (RuntimeException refused) {
      throw new IllegalArgumentException(
          "the model does not take examples of shape "
              + Arrays.toString(exampleShape)
              + "; give the shape that it is fed, without the batch",
          refused);
    }
    if (output.rank() != 2) {
      throw new IllegalArgumentException(
          "a model must give one row of classes an example, not an output of shape "
              + Arrays.toString(output.shape()));
    }
    return (int) output.size(1);
  }

  private static Entry entry(Layer layer, String key, INDArray values) {
    boolean norm = layer.conf().getLayer() instanceof BatchNormalization;
    Kind kind =
        switch (key) {
          case "b" -> Kind.BIAS;
          case "gamma" -> norm ? Kind.SCALE : Kind.WEIGHT;
          case "beta" -> norm ? Kind.SHIFT : Kind.WEIGHT;
          case "mean" -> norm ? Kind.RUNNING_MEAN : Kind.WEIGHT;
          case "var", LOG_DEVIATION -> norm ? Kind.RUNNING_VARIANCE : Kind.WEIGHT;
          default -> Kind.WEIGHT;
        };
    List<Integer> shape = Arrays.stream(values.shape()).mapToObj(Math::toIntExact).toList();
    int outputs = Math.toIntExact(values.rank() == 2 ? values.size(1) : values.size(0));
    int fanIn = kind == Kind.WEIGHT ? Math.toIntExact(values.length() / outputs) : 1;
    String role = kind == Kind.RUNNING_VARIANCE ? "var" : key;
    return new Entry(layer.conf().getLayer().getLayerName() + "." + role, kind, shape, 0, fanIn);
  }

  private static boolean isStatistic(Entry entry) {
    return entry.kind() == Kind.RUNNING_MEAN || entry.kind() == Kind.RUNNING_VARIANCE;
  }

  /** A variance that is kept as the logarithm of its root, as such. */
  private static INDArray natural(String key, INDArray values) {
    return key.equals(LOG_DEVIATION) ? Transforms.exp(values.mul(2 * Math.log(10)), false) : values;
  }

  private static INDArray flat(INDArray values) {
    return values.dup('c').reshape(values.length());
  }

  private static INDArray joined(List<INDArray> parts, ComputationGraph graph) {
    return parts.isEmpty()
        ? Nd4j.empty(graph.params().dataType())
        : Nd4j.concat(0, parts.toArray(INDArray[]::new));
  }

  /**
   * Puts values into a DL4J model, and clears its updater's state, which belongs to others.
   *
   * @param model of the same configuration, changed
   * @throws IllegalArgumentException if its parameters are others; it is then unchanged
   */
  static void write(Architecture architecture, INDArray weights, INDArray statistics, Model model) {
    ModelChecks.checkAlive(model);
    Map<String, INDArray> table = model.paramTable();
    List<Entry> entries = new ArrayList<>(architecture.parameters().entries());
    entries.addAll(architecture.runningStatistics().entries());
    for (Entry entry : entries) {
      INDArray there = there(table, entry);
      if (there == null || there.length() != entry.size()) {
        throw new IllegalArgumentException(
            "the model has no parameter \""
                + entry.name()
                + "\" of shape "
                + entry.shape()
                + "; give one of the configuration that was wrapped");
      }
    }
    for (Entry entry : entries) {
      INDArray flat = isStatistic(entry) ? statistics : weights;
      INDArray there = there(table, entry);
      INDArray part = GraphModel.part(flat, entry).reshape('c', there.shape());
      boolean logarithm =
          entry.kind() == Kind.RUNNING_VARIANCE && !table.containsKey(name(entry, "var"));
      there.assign(logarithm ? Transforms.log(part, true).divi(2 * Math.log(10)) : part);
    }
    Correction.updaterState(model).ifPresent(state -> state.assign(0));
  }

  private static INDArray there(Map<String, INDArray> table, Entry entry) {
    String key = entry.name().substring(entry.name().lastIndexOf('.') + 1);
    INDArray there = table.get(name(entry, key));
    return there == null && entry.kind() == Kind.RUNNING_VARIANCE
        ? table.get(name(entry, LOG_DEVIATION))
        : there;
  }

  private static String name(Entry entry, String key) {
    return GraphConfiguration.vertex(entry) + "_" + key;
  }
}
