package dev.unrolling.data;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Ends pools of threads. */
public final class Pools {

  private Pools() {}

  /**
   * Lets no further task begin, interrupts those under way and waits for them; an interrupt of the
   * caller meanwhile is kept for later.
   */
  public static void end(ExecutorService pool) {
    pool.shutdownNow();
    boolean interrupted = false;
    for (boolean ended = false; !ended; ) {
      try {
        ended = pool.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException again) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
