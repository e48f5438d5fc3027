package dev.unrolling.unlearning.recording;

import dev.unrolling.data.Batch;

/**
 * How often, and on how much of a batch, a {@link TrajectoryRecorder} takes a Hessian-vector
 * product: what it costs against how near it ends (claim 2.10). Whole batches at every step are the
 * method itself; the others are approximations of it.
 *
 * <p>A product on a part is the mean over the first examples of the step's batch, which of shuffled
 * batches are a random part. Where not every step takes a product, one stands for those up to the
 * next: \( d_{i+j} = d_i - (\eta_i + \dots + \eta_{i+j-1}) H_i d_i \) without momentum (the "lazy"
 * Hessian of second-order optimisation). That is a step of up to {@code every} times the rate and
 * grows without bound where that times the largest eigenvalue is above 2. The first step after a
 * visit takes a product always, for the visit has moved d.
 *
 * @param examples of each batch, at least 1; {@link Integer#MAX_VALUE} for all
 * @param every steps from one product to the next, at least 1
 */
public record HessianSchedule(int examples, int every) {

  /** Checks the ranges. */
  public HessianSchedule {
    if (examples < 1 || every < 1) {
      throw new IllegalArgumentException(
          "examples and steps between products must be at least 1, not "
              + examples
              + " and "
              + every);
    }
  }

  /** A product of each whole batch. */
  public static HessianSchedule everyStep() {
    return new HessianSchedule(Integer.MAX_VALUE, 1);
  }

  /**
   * This schedule on so many examples of each batch, at least 1; in training mode a network with
   * batch norm needs 2.
   */
  public HessianSchedule withExamples(int number) {
    return new HessianSchedule(number, every);
  }

  /** This schedule with a product at every so many steps, at least 1. */
  public HessianSchedule withEvery(int steps) {
    return new HessianSchedule(examples, steps);
  }

  /** What a product is taken on. */
  Batch part(Batch batch) {
    return batch.first(Math.min(examples, batch.size()));
  }

  /** Whether a step takes a product, if so many steps have passed since the last visit. */
  boolean isDue(int stepsSinceVisit) {
    return stepsSinceVisit % every == 0;
  }
}
