package dev.unrolling.engine;

/**
 * What a device does at best, as measured: the two limits that no step can pass.
 *
 * @param operationsPerSecond multiplications and additions, in a product of large square matrices
 * @param bytesPerSecond read and written, in a copy too large for a cache
 */
public record Throughput(double operationsPerSecond, double bytesPerSecond) {

  /** Checks the ranges. */
  public Throughput {
    if (!(operationsPerSecond > 0 && bytesPerSecond > 0)) {
      throw new IllegalArgumentException(
          "a throughput is positive, not "
              + operationsPerSecond
              + " operations and "
              + bytesPerSecond
              + " bytes a second");
    }
  }

  /**
   * Times some work that is repeated, and keeps the fastest round: what else the machine does makes
   * it slower, and nothing makes it faster.
   *
   * @param rounds at least 1; one more comes first and is not counted
   * @param round to be timed until it has ended
   * @return seconds
   */
  public static double fastest(int rounds, Runnable round) {
    round.run();
    double seconds = Double.POSITIVE_INFINITY;
    for (int i = 0; i < rounds; i++) {
      long begin = System.nanoTime();
      round.run();
      seconds = Math.min(seconds, 1e-9 * (System.nanoTime() - begin));
    }
    return seconds;
  }
}
