package dev.unrolling.benchmark;

import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architecture;
import tech.tablesaw.api.DoubleColumn;

/**
 * A training step's time, beside the least that it could be.
 *
 * @param seconds a step
 * @param floorSeconds what its convolutions and products take at the device's measured best:
 *     operations over operations a second, or bytes over bytes a second, whichever is more
 */
public record StepSpeed(double seconds, double floorSeconds) {

  private static final int ROUNDS = 3;

  /**
   * Times training steps: the median of three rounds, after one that is not counted.
   *
   * @param engine that computes
   * @param best of the engine's device
   * @param architecture of the network
   * @param images what it takes
   * @param batchSize images a step, 1 to the number of images
   * @param stepsPerRound at least 1
   */
  public static StepSpeed measure(
      Engine engine,
      Throughput best,
      Architecture architecture,
      Dataset images,
      int batchSize,
      int stepsPerRound) {
    DoubleColumn seconds = DoubleColumn.create("seconds");
    try (StepTimer timer = new StepTimer(engine, architecture, images, batchSize)) {
      timer.seconds(stepsPerRound);
      for (int round = 0; round < ROUNDS; round++) {
        seconds.append(timer.seconds(stepsPerRound));
      }
    }
    Workload work = Workload.of(architecture);
    return new StepSpeed(seconds.median(), floor(work, engine.precision(), best, batchSize));
  }

  /** Seconds of a step at the device's best. */
  static double floor(Workload work, Precision precision, Throughput best, int batchSize) {
    int weightBytes = precision.dataType().width();
    int valueBytes = precision == Precision.BFLOAT16 ? Short.BYTES : weightBytes;
    return Math.max(
        work.stepOperations(batchSize) / best.operationsPerSecond(),
        work.stepBytes(batchSize, valueBytes, weightBytes) / best.bytesPerSecond());
  }
}
