package dev.unrolling.experiment;

import dev.unrolling.training.saved.SavedRun;
import java.util.function.Supplier;

/** Keeps the state of a run when the time has come, and when its thread is interrupted. */
public final class StateKeeper {

  private final RunContext context;
  private long last = System.nanoTime();

  /**
   * @param context where to keep it, and how often
   */
  public StateKeeper(RunContext context) {
    this.context = context;
  }

  /**
   * Keeps the state if the last one is old enough, or the thread is interrupted; it stays so.
   *
   * @param state asked for only if it is kept
   */
  public void keepIfDue(Supplier<SavedRun> state) {
    boolean due = System.nanoTime() - last >= context.checkpointInterval().toNanos();
    if (due || Thread.currentThread().isInterrupted()) {
      keep(state);
    }
  }

  /**
   * Keeps the state whatever the time.
   *
   * @param state asked for only if the run has a folder
   */
  public void keep(Supplier<SavedRun> state) {
    if (context.folder().isEmpty()) {
      return;
    }
    // While its flag is up, a thread cannot write to files.
    boolean interrupted = Thread.interrupted();
    context.save(state.get());
    last = System.nanoTime();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
