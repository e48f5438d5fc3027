package dev.unrolling.experiment;

import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.saved.SavedRun;
import java.util.function.Function;

/**
 * Keeps the state of a run after a step, as {@link StateKeeper} says. The last listener of a run:
 * what the others hold is then as the step leaves it.
 */
public final class StateListener implements StepListener {

  private final StateKeeper keeper;
  private final Function<Step, SavedRun> state;

  /**
   * @param context where to keep it
   * @param state the state after a step
   */
  public StateListener(RunContext context, Function<Step, SavedRun> state) {
    this.keeper = new StateKeeper(context);
    this.state = state;
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    keeper.keepIfDue(() -> state.apply(step));
  }
}
