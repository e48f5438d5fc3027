package dev.unrolling.benchmark;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.model.Architecture;
import java.util.stream.IntStream;

/** Times training steps of plain SGD on the cross entropy of one batch. */
public final class StepTimer implements AutoCloseable {

  private static final SgdStep STEP = SgdStep.plain(0.001);

  private final Network network;
  private final Batch batch;

  /**
   * @param engine that computes
   * @param architecture of the network
   * @param images what it takes
   * @param batchSize 1 to the number of images; the first ones are taken
   */
  public StepTimer(Engine engine, Architecture architecture, Dataset images, int batchSize) {
    if (batchSize < 1 || batchSize > images.size()) {
      throw new IllegalArgumentException(
          "a batch has 1 to " + images.size() + " images, not " + batchSize);
    }
    this.network = engine.network(architecture, 0);
    this.batch = Batch.of(images, IntStream.range(0, batchSize).toArray());
  }

  /**
   * Takes steps. They are sent to the device together, and the time ends when the last loss is
   * known.
   *
   * @param steps at least 1
   * @return seconds a step
   */
  public double seconds(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("a round has at least 1 step, not " + steps);
    }
    Objective objective = Objective.crossEntropy();
    long begin = System.nanoTime();
    for (int i = 1; i < steps; i++) {
      network.step(batch, objective, STEP);
    }
    network.step(batch, objective, STEP).value();
    return 1e-9 * (System.nanoTime() - begin) / steps;
  }

  @Override
  public void close() {
    network.close();
  }
}
