package dev.unrolling.engine.dl4j;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a step on the batch shows a listener.
 *
 * @param arrays the bits of what is fed, then of the labels
 * @param examples a number for each example, by its features and labels
 */
record ShownBatch(List<Bits> arrays, Set<Long> examples) {

  /** Whether the step at hand is fed this; can be asked from its forward pass on. */
  boolean isFed(Model model) {
    return match(0, model, fed(model));
  }

  /** Whether the step at hand has these labels; DL4J tells them going back. */
  boolean hasLabels(Model model) {
    INDArray[] labels = labels(model);
    return match(arrays.size() - labels.length, model, labels);
  }

  private boolean match(int from, Model model, INDArray... seen) {
    DataType type = model.params().dataType();
    return from >= 0
        && from + seen.length <= arrays.size()
        && IntStream.range(0, seen.length).allMatch(i -> arrays.get(from + i).match(seen[i], type));
  }

  /** How many of these examples the step at hand has; can be asked going back. */
  int examplesOf(Model model) {
    return (int) examples(model).stream().filter(examples::contains).count();
  }

  /** A number for each example of the step at hand. */
  static List<Long> examples(Model model) {
    return Bits.examples(model.params().dataType(), flat(inputs(model), labels(model)));
  }

  /** What the step at hand is fed: inputs, then masks. */
  static INDArray[] fed(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      return flat(
          inputs(model),
          Arrays.stream(network.getLayers()).map(Layer::getMaskArray).toArray(INDArray[]::new));
    }
    ComputationGraph graph = (ComputationGraph) model;
    return flat(
        inputs(model),
        masks(graph.getInputMaskArrays(), graph.getNumInputArrays()),
        masks(graph.getLabelMaskArrays(), graph.getNumOutputArrays()));
  }

  private static INDArray[] inputs(Model model) {
    return model instanceof MultiLayerNetwork network
        ? new INDArray[] {network.getInput()}
        : ((ComputationGraph) model).getInputs();
  }

  /** The labels of the step at hand. */
  static INDArray[] labels(Model model) {
    return ModelChecks.outputs(model).stream()
        .map(output -> ((IOutputLayer) output).getLabels())
        .toArray(INDArray[]::new);
  }

  /** Masks; as many times none where there are none. */
  static INDArray[] masks(INDArray[] masks, int count) {
    return masks == null ? new INDArray[count] : masks;
  }

  /** The bits of some arrays, read in a type. */
  static List<Bits> bits(DataType type, INDArray[]... arrays) {
    return Arrays.stream(flat(arrays)).map(array -> Bits.of(array, type)).toList();
  }

  private static INDArray[] flat(INDArray[]... arrays) {
    return Stream.of(arrays).flatMap(Arrays::stream).toArray(INDArray[]::new);
  }
}
