package dev.unrolling.engine.dl4j;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Objective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.solvers.BaseOptimizer;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A user's own DL4J model out of its zip, for one who does not program against DL4J, such as a
 * command line: what it was trained with, unlearning, training again and what it answers. Over
 * {@link UserModels}, which serves a program. Models of one input and one output.
 */
public final class StoredModel {

  private final Path zip;
  private final Model model;
  private final Optional<DataNormalization> normaliser;

  private StoredModel(Path zip, Model model, Optional<DataNormalization> normaliser) {
    this.zip = zip;
    this.model = model;
    this.normaliser = normaliser;
  }

  /**
   * What single gradient unlearning gave.
   *
   * @param model the unlearned one
   * @param report what was done
   */
  public record Unlearned(StoredModel model, UnlearningReport report) {}

  /**
   * Reads a zip.
   *
   * @throws IOException if it is no model written by DL4J's ModelSerializer, or not whole
   * @throws IllegalArgumentException if it has several inputs or outputs
   */
  public static StoredModel read(Path zip) throws IOException {
    Model model = ModelZip.read(zip);
    if (model instanceof ComputationGraph graph
        && (graph.getNumInputArrays() != 1 || graph.getNumOutputArrays() != 1)) {
      throw new IllegalArgumentException(
          "%s has %s inputs and %s outputs; of one with several, a program forgets by UserModels.unlearn"
              .formatted(zip, graph.getNumInputArrays(), graph.getNumOutputArrays()));
    }
    return new StoredModel(zip, model, ModelZip.normaliser(zip));
  }

  private StoredModel with(Model other) {
    return new StoredModel(zip, other, normaliser);
  }

  /** Steps that the zip says it was trained for. */
  public int steps() {
    return BaseOptimizer.getIterationCount(model);
  }

  /** Epochs that the zip says it was trained for; {@code fit} of single batches counts none. */
  public int epochs() {
    return BaseOptimizer.getEpochCount(model);
  }

  /** Whether the zip brings the normaliser of what it is fed. */
  public boolean normalises() {
    return normaliser.isPresent();
  }

  /**
   * Momentum of its updater: 0 for {@code Sgd}.
   *
   * @throws IllegalArgumentException if it is none that unlearning covers, naming the layer
   */
  public double momentum() {
    return ModelChecks.momentum(model);
  }

  /**
   * The learning rates of a run from here, one a step, by the updater of this model.
   *
   * @param order of the run
   * @throws IllegalArgumentException if layers have several, or the updater is none that unlearning
   *     covers
   */
  public double[] rates(BatchOrder order) {
    ModelChecks.rate(model);
    IUpdater updater = firstUpdater();
    return IntStream.range(0, order.steps())
        .mapToDouble(step -> updater.getLearningRate(steps() + step, epochs() + order.epoch(step)))
        .toArray();
  }

  private IUpdater firstUpdater() {
    return ParameterPart.of(model).stream()
        .filter(part -> part.role() == ParameterPart.Role.TRAINED)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("every layer of " + zip + " is frozen"))
        .updater();
  }

  /** What it is set to train by, as DL4J writes it, e.g. {@code "Sgd(learningRate=0.1)"}. */
  public String updater() {
    return firstUpdater().toString();
  }

  /** A copy that trains at a constant rate. */
  public StoredModel withRate(double rate) {
    Model copy = UserModels.copy(model);
    if (copy instanceof MultiLayerNetwork network) {
      network.setLearningRate(rate);
    } else {
      ((ComputationGraph) copy).setLearningRate(rate);
    }
    return with(copy);
  }

  /**
   * Data as this model is fed them: through its normaliser, as plain features where it takes those.
   *
   * @throws IllegalArgumentException if it takes neither their shape nor as many features, or has
   *     fewer outputs than they have classes
   */
  public Dataset fed(Dataset data) {
    int[] shape = data.exampleShape();
    Optional<Integer> outputs = answers().outputs(shape);
    boolean flat = outputs.isEmpty();
    if (flat) {
      outputs = answers().outputs(data.exampleSize());
    }
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException(
          "%s does not take examples of shape %s, which are those of %s, nor of %s features; give the"
                  .formatted(zip, Arrays.toString(shape), data.name(), data.exampleSize())
              + " data that it was trained on");
    }
    return new FedDataset(data, normaliser, flat, outputs.get());
  }

  /**
   * Single gradient unlearning (claim 2.2) of the visits of a run that led from another model here.
   *
   * @param start at w_0
   * @param order of the run; of data as they are fed
   * @param rates one a step
   * @throws IllegalArgumentException as {@link UserModels#unlearn}
   */
  public Unlearned unlearned(StoredModel start, BatchOrder order, double... rates) {
    ListenerState.Sums sums = ListenerState.Sums.NONE;
    for (int step = 0; step < order.steps(); step++) {
      sums = sums.next(rates[step], momentum(), order.isForgetVisit(step));
    }
    Batch forgotten = order.forgetBatch();
    ForgettingRecord record = sums.record(start.model.params(), forgotten.size(), Optional.empty());
    DataSet data = UserData.of(forgotten);
    UnlearningReport report = UserModels.report(model, data, record);
    Model unlearned =
        model instanceof MultiLayerNetwork network
            ? UserModels.unlearn(network, data, record)
            : UserModels.unlearn((ComputationGraph) model, data, record);
    return new Unlearned(with(unlearned), report);
  }

  /**
   * A copy of this model, trained on by DL4J's own {@code fit}.
   *
   * @param order of the batches, of data as they are fed
   * @param progress told after each epoch how many are done
   */
  public StoredModel trained(BatchOrder order, IntConsumer progress) {
    Model copy = UserModels.copy(model);
    UserDataIterator batches = UserData.iterator(order);
    for (int epoch = 0; epoch < order.epochs(); epoch++) {
      if (copy instanceof MultiLayerNetwork network) {
        network.fit(batches);
      } else {
        ((ComputationGraph) copy).fit(batches);
      }
      progress.accept(epoch + 1);
    }
    return with(copy);
  }

  /** Distance of the trained weights of two models, as {@link UserModels#distance}. */
  public double distance(StoredModel other) {
    return UserModels.distance(model, other.model);
  }

  /**
   * The model's own loss on some examples, mean over them; with what regularisation adds.
   *
   * @param examples as they are fed
   */
  public double loss(Batch examples) {
    return answers().loss(examples);
  }

  /** Share of some examples whose largest output is that of their class, 0 to 1. */
  public double accuracy(Batch examples) {
    return answers().accuracy(examples);
  }

  private ModelAnswers answers() {
    return new ModelAnswers(model);
  }

  /**
   * The model as a network of this library, as {@link Dl4jNetwork#wrap}.
   *
   * @param exampleShape as it is fed
   * @throws IllegalArgumentException naming the layer that the library's networks do not cover
   */
  public Dl4jNetwork network(int... exampleShape) {
    return Dl4jNetwork.wrap(model, exampleShape);
  }

  /** What it minimises, as {@link Dl4jNetwork#objective}. */
  public Objective objective() {
    return Dl4jNetwork.objective(model);
  }

  /** This model with the values of a network made of it; its updater's state is cleared. */
  public StoredModel with(Dl4jNetwork values) {
    Model copy = UserModels.copy(model);
    values.writeTo(copy);
    return with(copy);
  }

  /**
   * Writes the model with all else that its own zip held: normaliser, objects that were added.
   *
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    ModelZip.write(model, zip, file);
  }
}
