package dev.unrolling.benchmark;

import dev.unrolling.curvature.PowerIteration;
import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.model.Architecture;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.theory.Sigma;
import dev.unrolling.unlearning.theory.SigmaMeasurement;
import java.util.stream.IntStream;

/**
 * Times sigma of a network that has been trained: the SD loss with gamma 5 on one batch, as E1
 * measures it.
 */
public final class SigmaTimer implements AutoCloseable {

  private static final int EXAMPLES = 640;
  private static final int EPOCHS = 10;
  private static final int MOST = 500;
  private static final Objective OBJECTIVE = Objective.crossEntropy().withGamma(5);

  /**
   * One measurement.
   *
   * @param seconds that it took
   * @param sigma what was found, in how many products
   */
  public record Timed(double seconds, Sigma sigma) {}

  private final Network network;
  private final Batch batch;

  /**
   * Trains the network: ten epochs of the first 640 examples.
   *
   * @param engine that computes
   * @param architecture of the network
   * @param examples what it takes
   * @param batchSize of training and of sigma, 1 to the number of examples
   */
  public SigmaTimer(Engine engine, Architecture architecture, Dataset examples, int batchSize) {
    int[] indices = IntStream.range(0, Math.min(EXAMPLES, examples.size())).toArray();
    this.network = engine.network(architecture, 0);
    this.batch = Batch.of(examples, IntStream.range(0, batchSize).toArray());
    new SgdTrainer(Objective.crossEntropy(), Schedule.constant(0.05))
        .train(network, BatchOrder.shuffled(examples, indices, batchSize, EPOCHS, 0));
  }

  /** By Lanczos, as {@link SigmaMeasurement#standard()} says. */
  public Timed lanczos() {
    return time(SigmaMeasurement.standard());
  }

  /** By power iteration to a relative residual of 1e-3, in at most 500 products. */
  public Timed power() {
    return time(
        SigmaMeasurement.standard().withMethod(new PowerIteration().withMaxProducts(MOST)::run));
  }

  private Timed time(SigmaMeasurement measurement) {
    long begin = System.nanoTime();
    Sigma sigma = measurement.measure(network, batch, OBJECTIVE);
    return new Timed(1e-9 * (System.nanoTime() - begin), sigma);
  }

  @Override
  public void close() {
    network.close();
  }
}
