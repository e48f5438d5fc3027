package dev.unrolling.experiment;

import dev.unrolling.data.Pools;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Independent tasks, a few at a time. */
final class ParallelTasks {

  private ParallelTasks() {}

  /**
   * Runs all tasks. As soon as one fails, or the calling thread is interrupted, no further task
   * begins, and those under way are interrupted and waited for.
   *
   * @param atOnce how many at a time, at least 1; if 1, they run in the calling thread
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
      CompletionService<Object> finished = new ExecutorCompletionService<>(pool);
      tasks.forEach(task -> finished.submit(Executors.callable(task)));
      for (int i = 0; i < tasks.size(); i++) {
        finished.take().get();
      }
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failed.getCause();
    } catch (InterruptedException interrupted) {
      throw new CancellationException("interrupted");
    } finally {
      Pools.end(pool);
    }
  }
}
