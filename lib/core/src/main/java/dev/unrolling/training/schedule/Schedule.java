package dev.unrolling.training.schedule;

import dev.unrolling.data.BatchOrder;

/**
 * The learning rate of each step. Implementations are immutable, and equal if they give the same
 * rates. Open: a schedule of one's own is a lambda or a record, and can be asked for by name
 * ({@link Schedules}).
 */
@FunctionalInterface
public interface Schedule {

  /**
   * The rate eta of a step. It may depend on the whole order, so that a run that stops early,
   * resumes, or retrains a part of an order sees the rates of the whole.
   *
   * @param order of the run, e.g. for its number of steps
   * @param step {@code 0 .. order.steps() - 1}
   * @return positive and finite
   */
  double rate(BatchOrder order, int step);

  /** A schedule whose rate is the same for all steps of an epoch. */
  @FunctionalInterface
  interface PerEpoch extends Schedule {

    /**
     * The rate eta of every step of an epoch.
     *
     * @param epoch from 0
     * @return positive and finite
     */
    double rateInEpoch(int epoch);

    @Override
    default double rate(BatchOrder order, int step) {
      return rateInEpoch(order.epoch(step));
    }
  }

  /** One rate throughout. */
  static PerEpoch constant(double rate) {
    return new Constant(rate);
  }

  /** A rate that is multiplied by a factor after every so many epochs. */
  static PerEpoch stepDecay(double rate, double factor, int everyEpochs) {
    return new StepDecay(rate, factor, everyEpochs);
  }

  /** A rate that falls along half a cosine, towards 0 at the end of the order. */
  static Schedule cosine(double rate) {
    return new CosineSchedule(rate, 0);
  }

  /** A rate that rises to a peak and falls again, in PyTorch's default proportions. */
  static Schedule oneCycle(double peak) {
    return new OneCycleSchedule(peak);
  }

  /**
   * One rate throughout.
   *
   * @param rate eta, positive and finite
   */
  record Constant(double rate) implements PerEpoch {

    /** Checks the range. */
    public Constant {
      checkPositive("learning rate", rate);
    }

    @Override
    public double rateInEpoch(int epoch) {
      checkEpoch(epoch);
      return rate;
    }
  }

  /**
   * The rate {@code rate * factor^floor(epoch / everyEpochs)}.
   *
   * @param rate of the first epochs, positive and finite
   * @param factor positive and at most 1
   * @param everyEpochs at least 1
   */
  record StepDecay(double rate, double factor, int everyEpochs) implements PerEpoch {

    /** Checks the ranges. */
    public StepDecay {
      checkPositive("learning rate", rate);
      if (!(factor > 0 && factor <= 1)) {
        throw new IllegalArgumentException("decay factor must be in (0, 1], not " + factor);
      }
      if (everyEpochs < 1) {
        throw new IllegalArgumentException(
            "a rate decays every 1 epoch or more, not every " + everyEpochs);
      }
    }

    @Override
    public double rateInEpoch(int epoch) {
      checkEpoch(epoch);
      return rate * Math.pow(factor, epoch / everyEpochs);
    }
  }

  private static void checkPositive(String what, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(what + " must be finite and positive, not " + value);
    }
  }

  private static void checkEpoch(int epoch) {
    if (epoch < 0) {
      throw new IllegalArgumentException("epochs count from 0, not " + epoch);
    }
  }
}
