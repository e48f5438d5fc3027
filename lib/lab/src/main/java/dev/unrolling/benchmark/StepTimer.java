package dev.unrolling.benchmark;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import java.util.Optional;
import java.util.stream.IntStream;

/** Times what training and measuring are made of, on the cross entropy of one batch. */
public final class StepTimer implements AutoCloseable {

  /** What is timed. */
  public enum Work {
    /** A training step of plain SGD. */
    STEP,
    /** A gradient in evaluation mode. */
    GRADIENT,
    /** A product with the Hessian in evaluation mode, which is kept from round to round. */
    PRODUCT
  }

  private static final SgdStep STEP = SgdStep.plain(0.001);
  private static final Objective OBJECTIVE = Objective.crossEntropy();

  private final Network network;
  private final Batch batch;

  /** That of the present weights, once a product was asked for. */
  private Optional<LinearOperator> hessian = Optional.empty();

  /**
   * @param engine that computes
   * @param architecture of the network
   * @param examples what it takes
   * @param batchSize 1 to the number of examples; the first ones are taken
   */
  public StepTimer(Engine engine, Architecture architecture, Dataset examples, int batchSize) {
    if (batchSize < 1 || batchSize > examples.size()) {
      throw new IllegalArgumentException(
          "a batch has 1 to " + examples.size() + " images, not " + batchSize);
    }
    this.network = engine.network(architecture, 0);
    this.batch = Batch.of(examples, IntStream.range(0, batchSize).toArray());
  }

  /**
   * Takes steps.
   *
   * @param steps at least 1
   * @return seconds a step
   */
  public double seconds(int steps) {
    return seconds(Work.STEP, steps);
  }

  /**
   * Does the same several times. On a GPU all is sent together, and the time ends when the last
   * result is known.
   *
   * @param work to do
   * @param times at least 1
   * @return seconds of one
   */
  public double seconds(Work work, int times) {
    if (times < 1) {
      throw new IllegalArgumentException("a round has at least 1 step, not " + times);
    }
    if (work == Work.PRODUCT && hessian.isEmpty()) {
      hessian = Optional.of(network.hessian(batch, OBJECTIVE, Mode.EVALUATION));
    }
    if (work == Work.STEP) {
      closeHessian();
    }
    try (ParameterVector vector = network.weights()) {
      // On a CPU a result is there at once, and reading a loss frees it.
      boolean onCpu = network.engine().device().equals("cpu");
      long begin = System.nanoTime();
      for (int i = 1; i <= times; i++) {
        once(work, vector, i == times, onCpu);
      }
      return 1e-9 * (System.nanoTime() - begin) / times;
    }
  }

  private void once(Work work, ParameterVector vector, boolean last, boolean onCpu) {
    switch (work) {
      case STEP -> {
        var loss = network.step(batch, OBJECTIVE, STEP);
        if (last || onCpu) {
          loss.value();
        }
      }
      case GRADIENT -> {
        try (LossGradient found = network.gradient(batch, OBJECTIVE, Mode.EVALUATION)) {
          if (onCpu) {
            found.loss().value();
          }
          wait(found.gradient(), last && !onCpu);
        }
      }
      case PRODUCT -> {
        try (ParameterVector product = hessian.orElseThrow().apply(vector)) {
          wait(product, last && !onCpu);
        }
      }
    }
  }

  private static void wait(ParameterVector result, boolean wanted) {
    if (wanted) {
      result.norm2();
    }
  }

  private void closeHessian() {
    hessian.ifPresent(LinearOperator::close);
    hessian = Optional.empty();
  }

  @Override
  public void close() {
    closeHessian();
    network.close();
  }
}
