package dev.unrolling.engine.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * What a user's model must be for the formula of single gradient unlearning to hold. What is not
 * known to be plain is refused.
 */
final class ModelChecks {

  private ModelChecks() {}

  /**
   * Checks a model.
   *
   * @param statements of the user, each of which stands for the check of one layer's parts
   * @throws IllegalArgumentException naming the layer and what it holds
   */
  static void check(Model model, UserStatement... statements) {
    checkAlive(model);
    checkWhole(model);
    Map<String, List<Object>> parts = configurations(model);
    Set<String> stated =
        Arrays.stream(statements).map(UserStatement::layer).collect(Collectors.toSet());
    for (String name : stated) {
      if (!parts.containsKey(name)) {
        throw new IllegalArgumentException(
            "a statement is about layer \"" + name + "\", but the layers are " + parts.keySet());
      }
    }
    parts.forEach(
        (name, held) -> {
          if (!stated.contains(name)) {
            PartCheck check = new PartCheck(name, kind(held.get(0)));
            held.forEach(part -> check.visit(part, ""));
          }
        });
    rate(model);
    momentum(model);
    for (ParameterPart part : ParameterPart.of(model)) {
      if (part.role() == ParameterPart.Role.TRAINED) {
        new PartCheck(part.layer(), "its parameter " + part.key()).visitUpdater(part.updater());
      }
    }
  }

  /**
   * Checks that there is something to compute with.
   *
   * @throws IllegalArgumentException if the model is of another class, was not initialised, or
   *     closed
   */
  static void checkAlive(Model model) {
    if (model == null
        || model.getClass() != MultiLayerNetwork.class
            && model.getClass() != ComputationGraph.class) {
      throw new IllegalArgumentException(
          "a MultiLayerNetwork or ComputationGraph was expected, not "
              + (model == null ? "null" : "a " + model.getClass().getName()));
    }
    boolean initialised =
        model instanceof MultiLayerNetwork network
            ? network.getLayers() != null
            : ((ComputationGraph) model).getVertices() != null;
    if (!initialised || model.params() == null) {
      throw new IllegalArgumentException(
          "the model has no parameters; call its init() first, or read it from its zip");
    }
    if (model.params().wasClosed()) {
      throw new IllegalArgumentException(
          "the model was closed, so its parameters are gone; read it from its zip again");
    }
  }

  private static void checkWhole(Model model) {
    DataType type = model.params().dataType();
    if (type != DataType.FLOAT && type != DataType.DOUBLE) {
      throw new IllegalArgumentException(
          "a model must compute in FLOAT or DOUBLE, not in " + type + "; convert it");
    }
    BackpropType backprop =
        model instanceof MultiLayerNetwork network
            ? network.getLayerWiseConfigurations().getBackpropType()
            : ((ComputationGraph) model).getConfiguration().getBackpropType();
    if (backprop != BackpropType.Standard) {
      throw new IllegalArgumentException(
          "a model must be trained with BackpropType.Standard, not "
              + backprop
              + ", which takes several steps on a batch; train whole sequences, or retrain");
    }
    for (Layer output : outputs(model)) {
      if (!(output instanceof IOutputLayer)) {
        throw new IllegalArgumentException(
            "a model must end in an output layer with a loss; add one, e.g. an OutputLayer");
      }
    }
  }

  static List<Layer> outputs(Model model) {
    return model instanceof ComputationGraph graph
        ? IntStream.range(0, graph.getNumOutputArrays()).mapToObj(graph::getOutputLayer).toList()
        : List.of(((MultiLayerNetwork) model).getOutputLayer());
  }

  /** What each layer or vertex is configured by, by its name; the layer itself first. */
  private static Map<String, List<Object>> configurations(Model model) {
    Map<String, List<Object>> parts = new LinkedHashMap<>();
    if (model instanceof MultiLayerNetwork network) {
      var whole = network.getLayerWiseConfigurations();
      for (int i = 0; i < whole.getConfs().size(); i++) {
        List<Object> held = new ArrayList<>(List.of(whole.getConf(i)));
        if (whole.getInputPreProcess(i) != null) {
          held.add(whole.getInputPreProcess(i));
        }
        // Nothing keeps two layers of a chain from having one name.
        parts
            .computeIfAbsent(whole.getConf(i).getLayer().getLayerName(), name -> new ArrayList<>())
            .addAll(held);
      }
    } else {
      ((ComputationGraph) model)
          .getConfiguration()
          .getVertices()
          .forEach((name, vertex) -> parts.put(name, List.of(vertex)));
    }
    return parts;
  }

  private static String kind(Object held) {
    NeuralNetConfiguration conf =
        held instanceof LayerVertex vertex
            ? vertex.getLayerConf()
            : held instanceof NeuralNetConfiguration own ? own : null;
    return (conf == null ? held : conf.getLayer()).getClass().getSimpleName();
  }

  static IllegalArgumentException refused(
      String layer, String kind, String what, String consequence, String remedy) {
    return new IllegalArgumentException(
        "layer \"" + layer + "\" (" + kind + ") " + what + ": " + consequence + "; " + remedy);
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
    List<Double> values =
        ParameterPart.of(model).stream()
            .filter(part -> part.role() == ParameterPart.Role.TRAINED)
            .map(part -> property.applyAsDouble(checked(part)))
            .distinct()
            .toList();
    if (values.size() != 1) {
      throw new IllegalArgumentException(
          values.isEmpty()
              ? "every layer of the model is frozen: training moved nothing that could be undone"
              : "all layers must train " + what + ", not " + values);
    }
    return values.get(0);
  }

  private static IUpdater checked(ParameterPart part) {
    IUpdater updater = part.updater();
    if (updater instanceof Nesterovs nesterovs && nesterovs.getMomentumISchedule() != null) {
      throw refused(part, "has a schedule of momentum", "train with one momentum");
    }
    if (updater.getClass() != Sgd.class && updater.getClass() != Nesterovs.class) {
      throw refused(
          part,
          "has the updater " + updater.getClass().getSimpleName(),
          "train with new Sgd(rate) or new Nesterovs(rate, momentum), or retrain the model");
    }
    return updater;
  }

  private static IllegalArgumentException refused(ParameterPart part, String what, String remedy) {
    return refused(
        part.layer(),
        "its parameter " + part.key(),
        what,
        "single gradient unlearning does not hold",
        remedy);
  }

  static Layer[] layers(Model model) {
    return model instanceof MultiLayerNetwork network
        ? network.getLayers()
        : ((ComputationGraph) model).getLayers();
  }
}
