package dev.unrolling.unlearning.recording;

import dev.unrolling.data.Subsets;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.training.Step;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a run has counted of its visits to x*.
 *
 * @param stepsDone t
 * @param visits m so far
 * @param gradient how far the gradient of x* has moved the weights
 * @param penalty the same of the penalty's part, by which a visit's gradient differs from the first
 *     one's where gamma falls; 0 elsewhere
 */
public record VisitCounts(int stepsDone, int visits, Sums gradient, Sums penalty) {

  /**
   * By how much a gradient seen at some visits has moved the weights so far, if it was the same at
   * each. The running sum of momentum, \( v_{k+1} = \mu v_k + g_k \), holds after t steps \(
   * \mu^{t-1-s} \) of the gradient of a visit s, and each step moves the weights by its rate times
   * that sum.
   *
   * @param sumOfRates of the visits: what they moved the weights by at once
   * @param velocityShare \( \sum_s \mu^{t-1-s} \): the gradient's share of the running sum now
   * @param correctedSum \( \sum_s \sum_{i=s}^{t-1} \eta_i \mu^{i-s} \): what they moved the weights
   *     by in all, through momentum too
   */
  public record Sums(double sumOfRates, double velocityShare, double correctedSum) {

    /** Before any step. */
    static final Sums NONE = new Sums(0, 0, 0);

    /**
     * The sums after some steps.
     *
     * @param rates of the steps 0 .. t - 1
     * @param visits the steps, from 0 and distinct, at which x* was seen
     * @param momentum mu in [0, 1)
     * @throws IllegalArgumentException if a number is out of range
     */
    public static Sums of(List<Double> rates, int[] visits, double momentum) {
      Subsets.checkDistinct(visits);
      Set<Integer> steps = Arrays.stream(visits).boxed().collect(Collectors.toSet());
      if (steps.stream().anyMatch(visit -> visit < 0)) {
        throw new IllegalArgumentException(
            "visits are steps from 0 on, not " + Arrays.toString(visits));
      }
      Sums sums = Sums.NONE;
      for (int step = 0; step < rates.size(); step++) {
        sums = sums.after(new SgdStep(rates.get(step), momentum), steps.contains(step) ? 1 : 0);
      }
      return sums;
    }

    /**
     * The sums after one more step.
     *
     * @param step its rate and momentum
     * @param weight of the gradient in the step: 1 at a visit, 0 at another step
     */
    Sums after(SgdStep step, double weight) {
      double share = step.momentum() * velocityShare + weight;
      return new Sums(sumOfRates + step.rate() * weight, share, correctedSum + step.rate() * share);
    }
  }

  /** Before any step. */
  static final VisitCounts NONE = new VisitCounts(0, 0, Sums.NONE, Sums.NONE);

  /**
   * The counts after a step.
   *
   * @param start the gradient at w_0
   */
  VisitCounts after(Step step, ForgottenGradient start) {
    SgdStep update = step.update();
    return step.forgetVisit()
        ? new VisitCounts(
            stepsDone + 1,
            visits + 1,
            gradient.after(update, 1),
            penalty.after(update, start.penaltyWeight(step.objective())))
        : new VisitCounts(
            stepsDone + 1, visits, gradient.after(update, 0), penalty.after(update, 0));
  }

  /** Adds a gradient's share of the running sum of momentum to a vector, which is returned. */
  ParameterVector addVelocityShare(ParameterVector target, ForgottenGradient of) {
    return of.addTo(target, gradient.velocityShare(), penalty.velocityShare());
  }

  /** Fails if there was no step, so that there is nothing to forget. */
  void requireSteps() {
    if (stepsDone == 0) {
      throw new IllegalStateException(
          "the recorder has watched no step, so there is nothing to undo: make it before the run"
              + " and give it to the trainer, e.g. trainer.train(network, order, recorder)");
    }
  }
}
