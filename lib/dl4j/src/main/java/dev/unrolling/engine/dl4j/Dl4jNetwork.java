package dev.unrolling.engine.dl4j;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Examples;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Loss;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.InitialWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network on DL4J: one of our architectures, or by {@link #wrap(Model, int...)} a user's own
 * model, which can then be trained, measured and unlearned like any other:
 *
 * <pre>{@code
 * Dl4jNetwork network = Dl4jNetwork.wrap(model, dataset.exampleShape());
 * new SgdTrainer(Dl4jNetwork.objective(model), schedule).train(network, order, recorder);
 * network.setWeights(new SingleGradientUnlearning().unlearnedWeights(recorder));
 * network.writeTo(model);
 * UserModels.write(model, zip);
 * }</pre>
 *
 * <p>Weights, running statistics and momentum are kept in flat arrays; DL4J's graphs are given the
 * first two before each computation and keep nothing.
 */
public final class Dl4jNetwork implements Network {

  private final Dl4jEngine engine;
  private final Architecture architecture;
  private final INDArray weights;
  private final INDArray statistics;
  private final ModeGraphs graphs;
  private final Velocity velocity = new Velocity();

  Dl4jNetwork(Dl4jEngine engine, Architecture architecture, INDArray initial) {
    this.engine = engine;
    this.architecture = architecture;
    checkLength("weights", initial, layout().size());
    this.weights = engine.copy(initial);
    double[] fresh = InitialWeights.runningStatistics(architecture);
    this.statistics = fresh.length == 0 ? nothing() : engine.array(fresh, fresh.length);
    this.graphs = new ModeGraphs(engine, architecture, weights, statistics);
  }

  /**
   * A user's own model as a network: a copy of its weights and running statistics, which then go
   * their own way. It computes in the model's own layers and precision; its running variance is the
   * biased one that DL4J keeps. The updater is not taken over: a step is the caller's {@link
   * SgdStep}, without momentum at first.
   *
   * @param model a {@code MultiLayerNetwork} or {@code ComputationGraph} with one input and one
   *     classification output; left as it is
   * @param exampleShape what the model is fed, without the batch, e.g. {@code
   *     dataset.exampleShape()}
   * @throws IllegalArgumentException naming the layer and what it holds if the seam does not cover
   *     it: what {@link UserModels} does not know to be a plain gradient step, frozen layers,
   *     regularisation, sequences, channels last, several inputs or outputs, another loss than
   *     {@link #objective(Model)} knows
   */
  public static Dl4jNetwork wrap(Model model, int... exampleShape) {
    return wrap(model, exampleShape, new UserStatement[0]);
  }

  /**
   * As {@link #wrap(Model, int...)}, of a model with layers that the library does not know.
   *
   * @param statements on those layers
   */
  public static Dl4jNetwork wrap(Model model, int[] exampleShape, UserStatement... statements) {
    return UserModel.of(model, exampleShape, statements).network();
  }

  /**
   * As {@link #wrap(Model, int...)}, of a model written by DL4J's ModelSerializer.
   *
   * @throws IOException if the file is no such zip, or not whole
   */
  public static Dl4jNetwork wrap(Path zip, int... exampleShape) throws IOException {
    return wrap(UserModels.read(zip), exampleShape);
  }

  /**
   * What a user's model minimises, without regularisation, by its output layer: cross entropy, or
   * the SD loss.
   *
   * @throws IllegalArgumentException if it is another loss
   */
  public static Objective objective(Model model) {
    return ContractChecks.objective(model);
  }

  /**
   * Puts the present weights and running statistics into a DL4J model. The state of its updater
   * (momentum) is set to zero: it belongs to the weights that were there, and holds what this
   * network may have forgotten.
   *
   * @param model of the configuration that was wrapped
   * @throws IllegalArgumentException if its parameters are not those of this network
   */
  public void writeTo(Model model) {
    UserModel.write(architecture, open(), statistics, model);
  }

  @Override
  public Architecture architecture() {
    return architecture;
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public ParameterVector weights() {
    return new Dl4jVector(engine, open().dup());
  }

  @Override
  public void setWeights(ParameterVector values) {
    open().assign(Dl4jVector.compatible(values, engine, weights.length()));
  }

  @Override
  public ParameterVector vector(INDArray values) {
    checkLength("vector", values, open().length());
    return new Dl4jVector(engine, engine.copy(values));
  }

  @Override
  public NetworkState saveState() {
    return new NetworkState(
        open().dup(),
        statistics.isEmpty() ? nothing() : statistics.dup(),
        velocity.copy().orElseGet(this::nothing));
  }

  @Override
  public void restore(NetworkState state) {
    checkLength("weights", state.weights(), open().length());
    checkLength(
        "running statistics", state.runningStatistics(), architecture.runningStatistics().size());
    weights.assign(engine.copy(state.weights()));
    if (!statistics.isEmpty()) {
      statistics.assign(engine.copy(state.runningStatistics()));
    }
    velocity.restore(Optional.empty());
    if (!state.velocity().isEmpty()) {
      checkLength("velocity", state.velocity(), weights.length());
      velocity.restore(Optional.of(engine.copy(state.velocity())));
    }
  }

  @Override
  public Network copy() {
    return copy(engine);
  }

  /** A second network with the same values, in another precision if the engine has one. */
  Dl4jNetwork copy(Dl4jEngine other) {
    Dl4jNetwork twin = new Dl4jNetwork(other, architecture, open());
    twin.restore(saveState());
    return twin;
  }

  @Override
  public Loss step(Batch batch, Objective objective, SgdStep step) {
    open();
    double loss = graphs.step(batch, objective, step, velocity);
    return () -> loss;
  }

  @Override
  public LossGradient gradient(Batch batch, Objective objective, Mode mode) {
    INDArray gradient = Nd4j.zeros(type(), open().length());
    double loss = graphs.gradient(batch, objective, mode, gradient);
    return new LossGradient(() -> loss, new Dl4jVector(engine, gradient));
  }

  @Override
  public INDArray inputGradient(Batch batch, Objective objective, Mode mode) {
    open();
    if (batch.size() == 0) {
      return Nd4j.createUninitialized(type(), Examples.shape(batch, architecture));
    }
    return graphs.inputGradient(batch, objective, mode);
  }

  @Override
  public LinearOperator hessian(Batch batch, Objective objective, Mode mode) {
    return new Dl4jHessian(this, batch, objective, mode);
  }

  @Override
  public INDArray logits(Batch batch, Mode mode) {
    open();
    if (batch.size() == 0) {
      return Nd4j.createUninitialized(type(), 0, architecture.classes());
    }
    return graphs.logits(batch, mode);
  }

  @Override
  public void close() {
    velocity.close();
    graphs.close();
    if (!weights.wasClosed()) {
      weights.close();
    }
  }

  /** The weights; ND4J would read freed memory. */
  private INDArray open() {
    if (weights.wasClosed()) {
      throw new IllegalStateException("the network " + architecture.name() + " was closed");
    }
    return weights;
  }

  private DataType type() {
    return engine.precision().dataType();
  }

  private INDArray nothing() {
    return Nd4j.empty(type());
  }

  private void checkLength(String what, INDArray values, long expected) {
    architecture.checkCount(what, values.isEmpty() ? 0 : values.length(), expected);
  }
}
