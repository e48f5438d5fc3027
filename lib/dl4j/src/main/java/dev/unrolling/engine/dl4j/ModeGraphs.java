package dev.unrolling.engine.dl4j;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Examples;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * DL4J's graphs of a network, one a mode where batch norm tells them apart. They are given weights
 * and running statistics before each computation and keep nothing of them.
 */
final class ModeGraphs {

  private final Dl4jEngine engine;
  private final Architecture architecture;
  private final INDArray weights;
  private final INDArray statistics;
  private final GraphModel training;
  private Optional<GraphModel> evaluation = Optional.empty();

  /** Kept from step to step: fresh memory for a large network costs the time of its page faults. */
  private Optional<INDArray> stepGradient = Optional.empty();

  /**
   * @param weights of the network, read at each computation; not owned
   * @param statistics its running statistics, likewise; both are moved by {@link #step}
   */
  ModeGraphs(Dl4jEngine engine, Architecture architecture, INDArray weights, INDArray statistics) {
    this.engine = engine;
    this.architecture = architecture;
    this.weights = weights;
    this.statistics = statistics;
    this.training = graph(Mode.TRAINING);
  }

  private GraphModel graph(Mode mode) {
    return new GraphModel(architecture, engine.precision().dataType(), mode);
  }

  /**
   * Takes a step of SGD, which moves the weights, their statistics and the running sum.
   *
   * @return the objective before it
   */
  double step(Batch batch, Objective objective, SgdStep step, Velocity velocity) {
    INDArray gradient =
        stepGradient.orElseGet(() -> Nd4j.create(weights.dataType(), weights.length()));
    stepGradient = Optional.of(gradient);
    if (batch.size() == 0) {
      gradient.assign(0);
    }
    double loss = gradient(batch, objective, Mode.TRAINING, gradient);
    if (batch.size() > 0) {
      training.moveStatistics(statistics, batch.size());
    }
    velocity.move(weights, gradient, step);
    return loss;
  }

  /** Frees what is kept from step to step. */
  void close() {
    stepGradient.ifPresent(INDArray::close);
    stepGradient = Optional.empty();
  }

  /**
   * The whole objective, which is returned, and its gradient.
   *
   * @param gradient receives it; zeros if the batch is empty
   */
  double gradient(Batch batch, Objective objective, Mode mode, INDArray gradient) {
    double loss = 0;
    if (batch.size() > 0) {
      LogitDerivative derivative = derivative(batch, objective);
      // Closed at once: the garbage collector does not see the memory that inputs pile up.
      try (INDArray input = input(batch, mode)) {
        loaded(mode).pass(input, derivative, gradient);
      }
      loss = derivative.loss();
    }
    if (objective.weightDecay() > 0) {
      Dl4jVector.add(gradient, objective.weightDecay(), weights);
      loss += objective.weightDecay() / 2 * Dl4jVector.dot(weights, weights);
    }
    return loss;
  }

  private LogitDerivative derivative(Batch batch, Objective objective) {
    return new LogitDerivative(
        objective,
        Examples.targets(batch, architecture, objective.criterion()),
        batch.averagedOver());
  }

  /** The gradient of the mean criterion by the examples of a batch that is not empty. */
  INDArray inputGradient(Batch batch, Objective objective, Mode mode) {
    LogitDerivative derivative = derivative(batch, objective);
    try (INDArray input = input(batch, mode)) {
      return loaded(mode).inputDerivative(input, derivative);
    }
  }

  /** The logits of a batch that is not empty. */
  INDArray logits(Batch batch, Mode mode) {
    try (INDArray input = input(batch, mode)) {
      return loaded(mode).logits(input);
    }
  }

  /** The graph of a mode, holding the present weights. Without batch norm both modes share one. */
  private GraphModel loaded(Mode mode) {
    GraphModel model = training;
    if (mode == Mode.EVALUATION && !statistics.isEmpty()) {
      if (evaluation.isEmpty()) {
        evaluation = Optional.of(graph(Mode.EVALUATION));
      }
      model = evaluation.get();
      model.loadStatistics(statistics);
    }
    model.load(weights);
    return model;
  }

  private INDArray input(Batch batch, Mode mode) {
    if (mode == Mode.TRAINING) {
      architecture.checkTrainingBatch(batch.size());
    }
    return engine.array(Examples.values(batch, architecture), Examples.shape(batch, architecture));
  }
}
