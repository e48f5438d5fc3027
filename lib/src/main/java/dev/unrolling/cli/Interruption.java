package dev.unrolling.cli;

import java.time.Duration;

/**
 * Turns Ctrl-C and a termination signal into an interrupt of the working thread, and holds the end
 * of the process until its state is kept.
 */
final class Interruption implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Thread worker = Thread.currentThread();
  private final Thread hook = new Thread(this::stop, "interruption");

  Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void stop() {
    worker.interrupt();
    try {
      worker.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The hook is at work.
    }
  }
}
