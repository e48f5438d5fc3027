package dev.unrolling.engine.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What is to be forgotten, as a model is fed it. A model's step is known by bits: of the features,
 * the labels, and the masks of both.
 */
final class ForgetBatch {

  private final INDArray[] features;
  private final INDArray[] labels;
  private final INDArray[] featuresMasks;
  private final INDArray[] labelsMasks;

  private ForgetBatch(MultiDataSet data) {
    this.features = data.getFeatures();
    this.labels = data.getLabels();
    this.featuresMasks = masks(data.getFeaturesMaskArrays(), features.length);
    this.labelsMasks = masks(data.getLabelsMaskArrays(), labels.length);
  }

  /**
   * A batch; its arrays are not copied.
   *
   * @throws IllegalArgumentException if features or labels are missing, empty or closed, or hold
   *     what is no number
   */
  static ForgetBatch of(MultiDataSet data) {
    check("features", data.getFeatures());
    check("labels", data.getLabels());
    ForgetBatch batch = new ForgetBatch(data);
    finite("features mask", batch.featuresMasks);
    finite("labels mask", batch.labelsMasks);
    return batch;
  }

  private static void check(String what, INDArray... arrays) {
    if (arrays == null || arrays.length == 0 || Arrays.stream(arrays).anyMatch(a -> a == null)) {
      throw new IllegalArgumentException(
          "the batch to be forgotten has no " + what + "; give the DataSet that the model was fed");
    }
    finite(what, arrays);
    if (Arrays.stream(arrays).anyMatch(INDArray::isEmpty)) {
      throw new IllegalArgumentException(
          "the batch to be forgotten has empty " + what + "; give one of at least 1 example");
    }
  }

  private static void finite(String what, INDArray... arrays) {
    for (INDArray array : arrays) {
      if (array == null || array.isEmpty()) {
        continue;
      }
      if (array.wasClosed()) {
        throw new IllegalArgumentException(
            "the " + what + " of the batch to be forgotten were closed; load them again");
      }
      double sum = array.castTo(DataType.DOUBLE).sumNumber().doubleValue();
      if (!Double.isFinite(sum)) {
        throw new IllegalArgumentException(
            "the "
                + what
                + " of the batch to be forgotten hold what is no number (their sum is "
                + sum
                + "): its gradient would be none either; give what the model was fed, finite");
      }
    }
  }

  private static INDArray[] masks(INDArray[] masks, int count) {
    return masks == null ? new INDArray[count] : masks;
  }

  /** Number of examples: those of the labels, by which DL4J divides. */
  int size() {
    return Math.toIntExact(labels[0].size(0));
  }

  /** Computes the gradient of a model's loss on this batch, in training mode; it is left there. */
  void differentiate(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      one(features.length, labels.length, 1, 1);
      network.setInput(features[0]);
      network.setLabels(labels[0]);
      network.setLayerMaskArrays(featuresMasks[0], labelsMasks[0]);
      network.computeGradientAndScore();
    } else {
      ComputationGraph graph = (ComputationGraph) model;
      one(features.length, labels.length, graph.getNumInputArrays(), graph.getNumOutputArrays());
      graph.setInputs(features);
      graph.setLabels(labels);
      graph.setLayerMaskArrays(given(featuresMasks), given(labelsMasks));
      graph.computeGradientAndScore();
    }
  }

  private static void one(int inputs, int outputs, int takes, int gives) {
    if (inputs != takes || outputs != gives) {
      throw new IllegalArgumentException(
          "the model has "
              + takes
              + " inputs and "
              + gives
              + " outputs, but the batch to be forgotten has "
              + inputs
              + " and "
              + outputs
              + "; give a MultiDataSet of as many");
    }
  }

  private static INDArray[] given(INDArray... masks) {
    return Arrays.stream(masks).allMatch(mask -> mask == null) ? null : masks;
  }

  /** The bits of this batch, read in a type. */
  List<Bits> bits(DataType type) {
    return bits(type, features, featuresMasks, labelsMasks, labels);
  }

  /**
   * What a step on the batch shows a listener.
   *
   * @param arrays the bits of what is fed, then of the labels
   * @param examples a number for each example, by its features and labels
   */
  record Shown(List<Bits> arrays, Set<Long> examples) {

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
          && IntStream.range(0, seen.length)
              .allMatch(i -> arrays.get(from + i).match(seen[i], type));
    }

    /** How many of these examples the step at hand has; can be asked going back. */
    int examplesOf(Model model) {
      return (int) ForgetBatch.examples(model).stream().filter(examples::contains).count();
    }
  }

  private static List<Long> examples(Model model) {
    return Bits.examples(model.params().dataType(), flat(inputs(model), labels(model)));
  }

  /**
   * What a step of a model on this batch shows a listener. Tried on a copy, since a layer may mask
   * by itself.
   *
   * @throws IllegalArgumentException if the model does not take the batch
   */
  Shown shown(Model model) {
    Model twin = UserModels.copy(model);
    List<Bits> shown = new ArrayList<>();
    Set<Long> examples = new HashSet<>();
    DataType type = model.params().dataType();
    twin.addListeners(
        new BaseTrainingListener() {
          @Override
          public void onForwardPass(Model seen, List<INDArray> activations) {
            keep(fed(seen));
          }

          @Override
          public void onForwardPass(Model seen, Map<String, INDArray> activations) {
            keep(fed(seen));
          }

          @Override
          public void onBackwardPass(Model seen) {
            keep(labels(seen));
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
              examples.addAll(examples(seen));
            }
          }

          private void keep(INDArray... arrays) {
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
              shown.addAll(bits(type, new INDArray[][] {arrays}));
            }
          }
        });
    differentiateApart(twin);
    return new Shown(List.copyOf(shown), Set.copyOf(examples));
  }

  /** Workspaces belong to a thread, and the step at hand has those of the same names open. */
  private void differentiateApart(Model twin) {
    FutureTask<Void> pass =
        new FutureTask<>(
            () -> {
              try {
                differentiate(twin);
              } finally {
                Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
              }
              return null;
            });
    new Thread(pass, "batch to be forgotten").start();
    try {
      pass.get();
    } catch (ExecutionException refused) {
      throw new IllegalArgumentException(
          "the model does not take the batch to be forgotten: " + refused.getCause().getMessage(),
          refused.getCause());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted before the first step", stopped);
    }
  }

  private static INDArray[] fed(Model model) {
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

  private static INDArray[] labels(Model model) {
    return ModelChecks.outputs(model).stream()
        .map(output -> ((IOutputLayer) output).getLabels())
        .toArray(INDArray[]::new);
  }

  private static List<Bits> bits(DataType type, INDArray[]... arrays) {
    return Arrays.stream(flat(arrays)).map(array -> Bits.of(array, type)).toList();
  }

  private static INDArray[] flat(INDArray[]... arrays) {
    return Stream.of(arrays).flatMap(Arrays::stream).toArray(INDArray[]::new);
  }
}
