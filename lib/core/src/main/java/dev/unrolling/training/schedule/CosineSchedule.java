package dev.unrolling.training.schedule;

import dev.unrolling.data.BatchOrder;

/**
 * Cosine annealing, step by step, without restarts (Loshchilov and Hutter, ICLR 2017, equation 5):
 *
 * <p>\[ \eta_i = \eta_{min} + \tfrac12 (\eta_{max} - \eta_{min}) \Big( 1 + \cos \frac{\pi i}{t}
 * \Big) \]
 *
 * <p>at step i of an order of t. The first step has \( \eta_{max} \); \( \eta_{min} \) would be
 * that of step t, which is not taken, so the rate stays positive even with a floor of 0. Scripts
 * that call PyTorch's {@code CosineAnnealingLR} once an epoch have the steps' rates of each epoch's
 * start.
 *
 * @param rate of the first step, positive and finite
 * @param floor in {@code [0, rate]}
 */
public record CosineSchedule(double rate, double floor) implements Schedule {

  /** Checks the ranges. */
  public CosineSchedule {
    if (!(rate > 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException("learning rate must be finite and positive, not " + rate);
    }
    if (!(floor >= 0 && floor <= rate)) {
      throw new IllegalArgumentException(
          "the floor of a cosine must be in [0, " + rate + "], its first rate, not " + floor);
    }
  }

  @Override
  public double rate(BatchOrder order, int step) {
    order.epoch(step);
    // (1 + cos x) / 2 as a square: it does not round to 0 near the end of a very long order.
    double root = Math.cos(Math.PI / 2 * step / order.steps());
    return floor + (rate - floor) * root * root;
  }
}
