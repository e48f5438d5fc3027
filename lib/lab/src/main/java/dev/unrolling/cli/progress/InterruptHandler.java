package dev.unrolling.cli.progress;

import dev.unrolling.shutdown.Shutdown;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and a termination signal into an interrupt of the working thread, and holds the end
 * of the process until its state is kept.
 */
public final class InterruptHandler implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Thread worker = Thread.currentThread();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Runnable rest = this::stop;

  /** Waits for them until it is closed; the thread that makes it is the working one. */
  public InterruptHandler() {
    Shutdown.ofWork(rest);
  }

  private void stop() {
    worker.interrupt();
    try {
      if (stopped.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        System.err.println(
            "interrupted: what was begun is kept; the same command goes on from there");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stopped.countDown();
    Shutdown.forget(rest);
  }
}
