package dev.unrolling.engine.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.deeplearning4j.nn.api.Model;
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
    this.featuresMasks = ShownBatch.masks(data.getFeaturesMaskArrays(), features.length);
    this.labelsMasks = ShownBatch.masks(data.getLabelsMaskArrays(), labels.length);
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
    return ShownBatch.bits(type, features, featuresMasks, labelsMasks, labels);
  }

  /**
   * What a step of a model on this batch shows a listener. Tried on a copy, since a layer may mask
   * by itself.
   *
   * @throws IllegalArgumentException if the model does not take the batch
   */
  ShownBatch shown(Model model) {
    Model twin = UserModels.copy(model);
    List<Bits> shown = new ArrayList<>();
    Set<Long> examples = new HashSet<>();
    DataType type = model.params().dataType();
    twin.addListeners(
        new BaseTrainingListener() {
          @Override
          public void onForwardPass(Model seen, List<INDArray> activations) {
            keep(ShownBatch.fed(seen));
          }

          @Override
          public void onForwardPass(Model seen, Map<String, INDArray> activations) {
            keep(ShownBatch.fed(seen));
          }

          @Override
          public void onBackwardPass(Model seen) {
            keep(ShownBatch.labels(seen));
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
              examples.addAll(ShownBatch.examples(seen));
            }
          }

          private void keep(INDArray... arrays) {
            try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
              shown.addAll(ShownBatch.bits(type, new INDArray[][] {arrays}));
            }
          }
        });
    differentiateApart(twin);
    return new ShownBatch(List.copyOf(shown), Set.copyOf(examples));
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
}
