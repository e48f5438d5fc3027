package dev.unrolling.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Several timers at once in one process, on a thread each, as a sweep computes its runs. */
public final class SideBySide implements AutoCloseable {

  /** Most timers at once. */
  public static final int MOST = 64;

  private final Supplier<StepTimer> maker;
  private final List<StepTimer> timers = new ArrayList<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "side by side");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param maker of the timers, each with a network of its own; called when one more is needed
   */
  public SideBySide(Supplier<StepTimer> maker) {
    this.maker = maker;
  }

  /**
   * Has each of some timers do the same, all beginning together; one alone does it on the thread
   * that calls.
   *
   * @param count of timers, 1 to {@value #MOST}
   * @param work to do
   * @param times each does it, at least 1
   * @return seconds of one, the mean over the timers
   */
  public double seconds(int count, StepTimer.Work work, int times) {
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException("1 to " + MOST + " are timed side by side, not " + count);
    }
    while (timers.size() < count) {
      timers.add(maker.get());
    }
    if (count == 1) {
      return timers.get(0).seconds(work, times);
    }
    CyclicBarrier start = new CyclicBarrier(count);
    List<Future<Double>> running = new ArrayList<>();
    for (StepTimer timer : timers.subList(0, count)) {
      running.add(
          threads.submit(
              () -> {
                start.await();
                return timer.seconds(work, times);
              }));
    }
    double sum = 0;
    for (Future<Double> one : running) {
      sum += result(one);
    }
    return sum / count;
  }

  private static double result(Future<Double> running) {
    try {
      return running.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException own ? own : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while timers were running", e);
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    timers.forEach(StepTimer::close);
  }
}
