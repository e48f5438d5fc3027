package dev.unrolling.training.schedule;

import dev.unrolling.data.BatchOrder;

/**
 * One cycle (Smith and Topin, 2019), in the two phases and with the formulas of PyTorch's {@code
 * OneCycleLR}: from {@code peak / division} up to {@code peak} at step {@code warmUp * t - 1}, then
 * down to {@code peak / division / finalDivision} at the last step t - 1, both along half a cosine.
 * (The paper's own third phase is PyTorch's {@code three_phase}.) Momentum stays as it is, as with
 * {@code cycle_momentum=False}.
 *
 * @param peak greatest rate, positive and finite
 * @param warmUp share of the steps in which the rate rises, in [0, 1]
 * @param division of the peak for the first rate, at least 1 and finite
 * @param finalDivision of the first rate for the last, at least 1 and finite
 */
public record OneCycleSchedule(double peak, double warmUp, double division, double finalDivision)
    implements Schedule {

  /** Share of the steps in which the rate rises, unless said otherwise. */
  public static final double WARM_UP = 0.3;

  /** Division of the peak for the first rate, unless said otherwise. */
  public static final double DIVISION = 25;

  /** Division of the first rate for the last, unless said otherwise. */
  public static final double FINAL_DIVISION = 1e4;

  /** Checks the ranges. */
  public OneCycleSchedule {
    if (!(peak > 0) || Double.isInfinite(peak)) {
      throw new IllegalArgumentException("the peak must be finite and positive, not " + peak);
    }
    if (!(warmUp >= 0 && warmUp <= 1)) {
      throw new IllegalArgumentException("the share of warm-up must be in [0, 1], not " + warmUp);
    }
    if (!(division >= 1 && finalDivision >= 1)
        || Double.isInfinite(division)
        || Double.isInfinite(finalDivision)
        || peak / division / finalDivision == 0) {
      throw new IllegalArgumentException(
          "the divisions of a peak of "
              + peak
              + " must be finite, at least 1, and leave a positive rate, not "
              + division
              + " and "
              + finalDivision);
    }
  }

  /** One cycle in PyTorch's default proportions: 0.3, 25 and 1e4. */
  public OneCycleSchedule(double peak) {
    this(peak, WARM_UP, DIVISION, FINAL_DIVISION);
  }

  @Override
  public double rate(BatchOrder order, int step) {
    order.epoch(step);
    double first = peak / division;
    double top = warmUp * order.steps() - 1;
    if (step <= top) {
      // A top at step 0 has no way up; PyTorch divides 0 by 0 there.
      return top == 0 ? peak : between(first, peak, step / top);
    }
    return between(peak, first / finalDivision, (step - top) / (order.steps() - 1 - top));
  }

  private static double between(double from, double to, double share) {
    return to + (from - to) / 2 * (Math.cos(Math.PI * share) + 1);
  }
}
