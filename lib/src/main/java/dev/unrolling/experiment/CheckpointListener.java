package dev.unrolling.experiment;

import dev.unrolling.training.Checkpoint;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import java.util.function.Function;

/**
 * Keeps the state of a run when the time has come, and when its thread is interrupted. The last
 * listener of a run: what the others hold is then as the step leaves it.
 */
final class CheckpointListener implements StepListener {

  private final RunContext context;
  private final Function<Step, Checkpoint> state;
  private long last = System.nanoTime();

  /**
   * @param context where to keep it
   * @param state the state after a step
   */
  CheckpointListener(RunContext context, Function<Step, Checkpoint> state) {
    this.context = context;
    this.state = state;
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    if (context.folder().isEmpty()) {
      return;
    }
    boolean due = System.nanoTime() - last >= context.checkpointInterval().toNanos();
    // While its flag is up, a thread cannot write to files.
    boolean interrupted = Thread.interrupted();
    if (due || interrupted) {
      context.save(state.apply(step));
      last = System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
