package dev.unrolling.training;

import java.util.List;
import java.util.Locale;

/**
 * What a run leaves besides the weights: one value a step.
 *
 * @param firstStep index of the first step, 0 unless the run was resumed
 * @param rates learning rates
 * @param losses objective of M on the batch of each step, before the update
 * @param retrainedLosses the same of M'; NaN where M' took no step; empty if M was trained alone
 */
public record TrainingTrace(
    int firstStep, List<Double> rates, List<Double> losses, List<Double> retrainedLosses) {

  /** Copies the lists. */
  public TrainingTrace {
    rates = List.copyOf(rates);
    losses = List.copyOf(losses);
    retrainedLosses = List.copyOf(retrainedLosses);
  }

  /** Number of steps of this run. */
  public int steps() {
    return losses.size();
  }

  /** Steps, first and last loss, in a line. */
  @Override
  public String toString() {
    return losses.isEmpty()
        ? "no steps"
        : String.format(
            Locale.ROOT,
            "%d steps, loss %.4g to %.4g",
            steps(),
            losses.get(0),
            losses.get(losses.size() - 1));
  }
}
