package dev.unrolling.engine.dl4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Single gradient unlearning (paper section 2.2) for a user's own DL4J models with one input and
 * one classification output: \( w'' = w_t + factor \, \nabla L(w_0, x^*) \), the gradient being
 * that of the model's own loss in training mode, without its weight decay. Models that are given
 * are never changed.
 */
public final class UserModels {

  /** What batch norm keeps beside its weights, and training does not follow a gradient in. */
  private static final Set<String> STATISTICS = Set.of("mean", "var", "log10stdev");

  private UserModels() {}

  /**
   * A copy of a trained model that has forgotten.
   *
   * @param trained at w_t
   * @param forgotten what was visited, with features and masks as the model was fed them
   * @param record of the training
   * @throws IllegalArgumentException if w_0 is w_t or of another model, or if the model holds what
   *     the formula does not cover: dropout, weight noise, frozen layers, another updater than Sgd
   *     or Nesterovs, several rates, gradient clipping, constraints, several inputs or outputs
   */
  public static MultiLayerNetwork unlearn(
      MultiLayerNetwork trained, DataSet forgotten, ForgettingRecord record) {
    check(trained, record);
    MultiLayerNetwork start = copy(trained);
    start.setParams(record.startParameters());
    start.setInput(forgotten.getFeatures());
    start.setLabels(forgotten.getLabels());
    start.setLayerMaskArrays(forgotten.getFeaturesMaskArray(), forgotten.getLabelsMaskArray());
    start.computeGradientAndScore();
    MultiLayerNetwork unlearned = copy(trained);
    add(start, unlearned, record);
    return unlearned;
  }

  /** As {@link #unlearn(MultiLayerNetwork, DataSet, ForgettingRecord)}. */
  public static ComputationGraph unlearn(
      ComputationGraph trained, DataSet forgotten, ForgettingRecord record) {
    check(trained, record);
    ComputationGraph start = copy(trained);
    start.setParams(record.startParameters());
    start.setInputs(forgotten.getFeatures());
    start.setLabels(forgotten.getLabels());
    start.setLayerMaskArrays(
        masks(forgotten.getFeaturesMaskArray()), masks(forgotten.getLabelsMaskArray()));
    start.computeGradientAndScore();
    ComputationGraph unlearned = copy(trained);
    add(start, unlearned, record);
    return unlearned;
  }

  /**
   * Reads what DL4J's ModelSerializer wrote.
   *
   * @return a {@link MultiLayerNetwork} or a {@link ComputationGraph}
   * @throws IOException if the file is no such zip
   */
  public static Model read(Path zip) throws IOException {
    String configuration;
    try (ZipFile file = new ZipFile(zip.toFile())) {
      configuration =
          new String(
              file.getInputStream(file.getEntry("configuration.json")).readAllBytes(),
              java.nio.charset.StandardCharsets.UTF_8);
    } catch (IOException | RuntimeException unreadable) {
      throw new IOException(zip + " is not a model written by DL4J's ModelSerializer", unreadable);
    }
    return configuration.contains("\"vertexInputs\"")
        ? ModelSerializer.restoreComputationGraph(zip.toFile())
        : ModelSerializer.restoreMultiLayerNetwork(zip.toFile());
  }

  /** Writes a model for DL4J's ModelSerializer to read; a file is whole or not there. */
  public static void write(Model model, Path zip) throws IOException {
    Path folder = zip.toAbsolutePath().getParent();
    Path part = Files.createTempFile(folder, zip.getFileName().toString(), ".part");
    try {
      ModelSerializer.writeModel(model, part.toFile(), true);
      Files.move(part, zip, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void check(Model trained, ForgettingRecord record) {
    ModelChecks.check(trained);
    INDArray start = record.startParameters();
    if (start.length() != trained.params().length()) {
      throw new IllegalArgumentException(
          "w_0 has "
              + start.length()
              + " parameters, but the model has "
              + trained.params().length());
    }
    // Not by equals, which ND4J rounds: a short run at a small rate moves less than that.
    if (start.distance2(trained.params().reshape(start.shape())) == 0) {
      throw new IllegalArgumentException(
          "the record's w_0 equals the trained model's parameters; single gradient unlearning needs"
              + " those from before training");
    }
  }

  private static void add(Model start, Model unlearned, ForgettingRecord record) {
    // DL4J sums a batch's gradients, and divides in its updater.
    double factor = record.factor() / record.batchSize();
    Map<String, INDArray> gradient = start.gradient().gradientForVariable();
    Map<String, INDArray> parameters = unlearned.paramTable();
    gradient.forEach(
        (name, values) -> {
          boolean statistic = STATISTICS.contains(name.substring(name.lastIndexOf('_') + 1));
          // A batch norm with fixed factors tells a derivative by them, too.
          if (parameters.containsKey(name) && !statistic) {
            parameters.get(name).addi(values.mul(factor));
          }
        });
  }

  private static MultiLayerNetwork copy(MultiLayerNetwork model) {
    MultiLayerNetwork copy = model.clone();
    copy.setListeners();
    return copy;
  }

  private static ComputationGraph copy(ComputationGraph model) {
    ComputationGraph copy = model.clone();
    copy.setListeners();
    return copy;
  }

  private static INDArray[] masks(INDArray mask) {
    return mask == null ? null : new INDArray[] {mask};
  }
}
