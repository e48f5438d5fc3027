package dev.unrolling.engine.dl4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * Single gradient unlearning (claim 2.2) for a user's own DL4J models: \( w'' = w_t + factor \,
 * \nabla L(w_0, x^*) \), the gradient being that of the model's own loss in training mode. The
 * velocity of {@code Nesterovs} loses its share of x* by the same gradient. Whether the model's own
 * regularisation is undone with it, {@link RetrainedStep} says. Running statistics of batch norm
 * stay. Models that are given are never changed.
 *
 * <p>What is not known to train by the plain gradient step is refused by the name of the layer, and
 * of what it holds: dropout, weight noise, constraints, gradient normalisation, other updaters than
 * {@code Sgd} and {@code Nesterovs}, several rates, truncated back-propagation, pre-training
 * layers, classes of a user's own. A {@link UserStatement} vouches for a layer. Frozen layers may
 * be there: they stay as they are.
 */
public final class UserModels {

  private UserModels() {}

  /**
   * A copy of a trained model that has forgotten.
   *
   * @param trained at w_t
   * @param forgotten what was visited, with features and masks as the model was fed them
   * @param record of the training
   * @param statements on layers that the library does not know
   * @throws IllegalArgumentException if w_0 is w_t or of another model, if a listener's record is
   *     of another batch or of other weights than the model's, if the batch holds what is no
   *     number, or if the model holds what the formula does not cover
   */
  public static MultiLayerNetwork unlearn(
      MultiLayerNetwork trained,
      DataSet forgotten,
      ForgettingRecord record,
      UserStatement... statements) {
    MultiLayerNetwork unlearned = (MultiLayerNetwork) copy(trained);
    unlearn(unlearned, trained, forgotten.toMultiDataSet(), record, statements);
    return unlearned;
  }

  /** As {@link #unlearn(MultiLayerNetwork, DataSet, ForgettingRecord, UserStatement...)}. */
  public static ComputationGraph unlearn(
      ComputationGraph trained,
      DataSet forgotten,
      ForgettingRecord record,
      UserStatement... statements) {
    return unlearn(trained, forgotten.toMultiDataSet(), record, statements);
  }

  /** As above, of a graph with several inputs or outputs. */
  public static ComputationGraph unlearn(
      ComputationGraph trained,
      MultiDataSet forgotten,
      ForgettingRecord record,
      UserStatement... statements) {
    ComputationGraph unlearned = (ComputationGraph) copy(trained);
    unlearn(unlearned, trained, forgotten, record, statements);
    return unlearned;
  }

  /**
   * From zip to zip: reads a trained model, and writes it unlearned, with whatever else the zip
   * holds (a normaliser, objects that were added).
   *
   * @param trained written by DL4J's ModelSerializer
   * @param unlearned may be the same file
   * @return what was done
   * @throws IOException if the one is no model, or the other cannot be written
   */
  public static UnlearningReport unlearn(
      Path trained,
      DataSet forgotten,
      ForgettingRecord record,
      Path unlearned,
      UserStatement... statements)
      throws IOException {
    Model model = read(trained);
    Model result = copy(model);
    UnlearningReport report =
        unlearn(result, model, forgotten.toMultiDataSet(), record, statements);
    write(result, trained, unlearned);
    return report;
  }

  /** What unlearning does to a model, and rests on: as {@code unlearn}, without the model. */
  public static UnlearningReport report(
      Model trained, DataSet forgotten, ForgettingRecord record, UserStatement... statements) {
    return unlearn(copy(trained), trained, forgotten.toMultiDataSet(), record, statements);
  }

  private static UnlearningReport unlearn(
      Model unlearned,
      Model trained,
      MultiDataSet forgotten,
      ForgettingRecord record,
      UserStatement... statements) {
    ModelChecks.check(trained, statements);
    ForgetBatch batch = ForgetBatch.of(forgotten);
    RecordChecks.check(trained, batch, record);
    Model start = copy(trained);
    start.setParams(record.startParameters());
    Correction correction = Correction.of(start, batch, record, List.of(statements));
    correction.applyTo(unlearned);
    return correction.report();
  }

  /**
   * The distance of two models' weights, as the library measures it everywhere: without the running
   * statistics of batch norm, which {@code params()} counts too.
   *
   * @return norm of the difference, at least 0
   * @throws IllegalArgumentException if the models differ in a parameter's name or shape
   */
  public static double distance(Model one, Model other) {
    ModelChecks.checkAlive(one);
    ModelChecks.checkAlive(other);
    List<ParameterPart> parts = ParameterPart.of(one);
    List<ParameterPart> others = ParameterPart.of(other);
    double squares = 0;
    for (int i = 0; i < Math.max(parts.size(), others.size()); i++) {
      String mine = i < parts.size() ? parts.get(i).outline() : "none";
      String theirs = i < others.size() ? others.get(i).outline() : "none";
      if (!mine.equals(theirs)) {
        throw new IllegalArgumentException(
            "the models differ: parameter "
                + i
                + " is "
                + mine
                + " in one and "
                + theirs
                + " in the other; only models of the same layers have a distance");
      }
      if (parts.get(i).role() != ParameterPart.Role.STATISTIC) {
        INDArray here = parts.get(i).in(one.params()).castTo(DataType.DOUBLE);
        squares +=
            Math.pow(here.distance2(others.get(i).in(other.params()).castTo(DataType.DOUBLE)), 2);
      }
    }
    return Math.sqrt(squares);
  }

  /**
   * A copy of a model, its updater's state included, without its listeners. DL4J's own {@code
   * ComputationGraph.clone()} shares the list of listeners, so that each then listens to both, and
   * its {@code MultiLayerNetwork.clone()} makes an updater where there was none.
   *
   * @throws IllegalArgumentException if the model is of another class, was not initialised, or
   *     closed
   */
  public static Model copy(Model model) {
    ModelChecks.checkAlive(model);
    Optional<INDArray> state = Correction.updaterState(model).map(INDArray::dup);
    if (model instanceof MultiLayerNetwork network) {
      MultiLayerNetwork copy = new MultiLayerNetwork(network.getLayerWiseConfigurations().clone());
      copy.init(network.params().dup(), false);
      state.ifPresent(values -> copy.getUpdater().setStateViewArray(copy, values, false));
      Layer[] layers = copy.getLayers();
      for (int i = 0; i < layers.length; i++) {
        if (network.getLayer(i) instanceof FrozenLayer && !(layers[i] instanceof FrozenLayer)) {
          layers[i] = new FrozenLayer(layers[i]);
        }
      }
      return copy;
    }
    ComputationGraph graph = (ComputationGraph) model;
    ComputationGraph copy = new ComputationGraph(graph.getConfiguration().clone());
    copy.init(graph.params().dup(), false);
    state.ifPresent(values -> copy.getUpdater().setStateViewArray(values));
    for (var vertex : graph.getVertices()) {
      if (vertex.hasLayer() && vertex.getLayer() instanceof FrozenLayer) {
        copy.getVertex(vertex.getVertexName()).setLayerAsFrozen();
      }
    }
    return copy;
  }

  /**
   * Reads what DL4J's ModelSerializer wrote.
   *
   * @return a {@link MultiLayerNetwork} or a {@link ComputationGraph}
   * @throws IOException if the file is no such zip, or not whole
   */
  public static Model read(Path zip) throws IOException {
    return ModelZip.read(zip);
  }

  /**
   * Writes a model for DL4J's ModelSerializer to read; a file is whole or not there. What another
   * zip holds beside the model, {@link #write(Model, Path, Path)} carries over.
   *
   * @throws IOException if it cannot be written; what stood there stands there still
   */
  public static void write(Model model, Path zip) throws IOException {
    ModelZip.write(model, zip);
  }

  /**
   * As {@link #write(Model, Path)}, with all that another zip holds beside its model, e.g. the
   * normaliser of {@code ModelSerializer.addNormalizerToModel}.
   *
   * @param like the zip that the model came from; may be the file that is written
   */
  public static void write(Model model, Path like, Path zip) throws IOException {
    ModelZip.write(model, like, zip);
  }
}
