package dev.unrolling.training;

import dev.unrolling.training.saved.SavedStates;

/** Training stopped because a loss or the weights were no longer finite. */
public final class DivergenceException extends RuntimeException {

  private final int step;
  private final double rate;
  private final double loss;
  private final transient SavedStates saved;

  DivergenceException(String what, int step, double rate, double loss, SavedStates saved) {
    super(
        what
            + " at step "
            + step
            + " is "
            + loss
            + ", not finite, at learning rate "
            + rate
            + ". Lower the rate (try "
            + rate / 10
            + ") or gamma, or raise the batch size; "
            + saved
            + " (the last that was finite).");
    this.step = step;
    this.rate = rate;
    this.loss = loss;
    this.saved = saved;
  }

  /** Index, from 0, of the step whose loss was not finite. */
  public int step() {
    return step;
  }

  /** Learning rate of that step. */
  public double rate() {
    return rate;
  }

  /** The loss, or the norm of the weights, that was not finite. */
  public double loss() {
    return loss;
  }

  /** The last states that were finite. */
  public SavedStates saved() {
    return saved;
  }
}
