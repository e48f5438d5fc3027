package dev.unrolling.training;

import dev.unrolling.data.BatchOrder;

/** The learning rate of each step. Immutable. */
public sealed interface Schedule {

  /**
   * The rate eta of every step of an epoch.
   *
   * @param epoch from 0
   * @return positive and finite
   */
  double rateInEpoch(int epoch);

  /** The rate of a step of an order, {@code 0 .. order.steps() - 1}. */
  default double rate(BatchOrder order, int step) {
    return rateInEpoch(order.epoch(step));
  }

  /** One rate throughout. */
  static Schedule constant(double rate) {
    return new Constant(rate);
  }

  /** A rate that is multiplied by a factor after every so many epochs. */
  static Schedule stepDecay(double rate, double factor, int everyEpochs) {
    return new StepDecay(rate, factor, everyEpochs);
  }

  /**
   * One rate throughout.
   *
   * @param rate eta, positive and finite
   */
  record Constant(double rate) implements Schedule {

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
  record StepDecay(double rate, double factor, int everyEpochs) implements Schedule {

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
