package dev.unrolling.training;

import dev.unrolling.training.saved.SavedStates;
import java.util.concurrent.CancellationException;

/**
 * Training stopped between two steps because its thread was interrupted. As with {@link
 * InterruptedException}, the thread's flag is cleared.
 */
public final class TrainingInterruptedException extends CancellationException {

  private final transient SavedStates saved;

  TrainingInterruptedException(SavedStates saved, int of) {
    super(
        "training was interrupted after "
            + saved.step()
            + " of "
            + of
            + " steps; "
            + saved
            + ". To go on, restore it and use SgdTrainer.withFirstStep("
            + saved.step()
            + ").");
    this.saved = saved;
  }

  /** The states where training stopped. */
  public SavedStates saved() {
    return saved;
  }
}
