package dev.unrolling.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Independent tasks, a few at a time. */
final class ParallelTasks {

  private ParallelTasks() {}

  /**
   * Runs all tasks; when one fails, or the calling thread is interrupted, the others are
   * interrupted and waited for.
   *
   * @param atOnce how many at a time, at least 1; one runs in the calling thread
   * @throws RuntimeException what the first failing task threw
   * @throws CancellationException if interrupted
   */
  static void run(int atOnce, List<Runnable> tasks) {
    if (atOnce == 1) {
      tasks.forEach(Runnable::run);
      return;
    }
    ExecutorService pool = Executors.newFixedThreadPool(atOnce);
    try {
      List<Future<?>> running = new ArrayList<>();
      tasks.forEach(task -> running.add(pool.submit(task)));
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failed.getCause();
    } catch (InterruptedException interrupted) {
      throw new CancellationException("interrupted");
    } finally {
      pool.shutdownNow();
      awaitEnd(pool);
    }
  }

  private static void awaitEnd(ExecutorService pool) {
    try {
      pool.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException again) {
      Thread.currentThread().interrupt();
    }
  }
}
