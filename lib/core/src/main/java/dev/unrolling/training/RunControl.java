package dev.unrolling.training;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.training.saved.SavePolicy;
import java.util.Optional;

/**
 * What a trainer does in a run beside its steps, and with which it begins.
 *
 * @param checkEvery steps between two readings of the losses, at least 1
 * @param firstStep at which it starts, from 0
 * @param progress told how far it is
 * @param savePolicy by which it is saved, if at all
 */
record RunControl(
    int checkEvery, int firstStep, SgdTrainer.Progress progress, Optional<SavePolicy> savePolicy) {

  /** Checks the ranges. */
  RunControl {
    if (checkEvery < 1) {
      throw new IllegalArgumentException(
          "losses are checked every 1 step or more, not every " + checkEvery);
    }
    if (firstStep < 0) {
      throw new IllegalArgumentException("steps count from 0, not " + firstStep);
    }
  }

  /** From the first step, with neither reports nor saved runs. */
  static RunControl standard() {
    return new RunControl(
        SgdTrainer.DEFAULT_CHECK_EVERY, 0, (done, of, loss) -> {}, Optional.empty());
  }

  RunControl withCheckEvery(int steps) {
    return new RunControl(steps, firstStep, progress, savePolicy);
  }

  RunControl withFirstStep(int step) {
    return new RunControl(checkEvery, step, progress, savePolicy);
  }

  RunControl withProgress(SgdTrainer.Progress other) {
    return new RunControl(checkEvery, firstStep, other, savePolicy);
  }

  RunControl withSavePolicy(SavePolicy policy) {
    return new RunControl(checkEvery, firstStep, progress, Optional.of(policy));
  }

  /** Refuses to go up to a step that is before the first one, or after the order's last. */
  void checkEnd(String what, BatchOrder order, int steps) {
    if (steps < firstStep || steps > order.steps()) {
      throw new IllegalArgumentException(
          "cannot %s up to step %s (expected %s to %s)"
              .formatted(what, steps, firstStep, order.steps()));
    }
  }
}
