package dev.unrolling.unlearning.recording;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The run that a recorder is made for. Checks that it is the one that the recorder watches: another
 * network, start, order, trainer or removal would give numbers of no model.
 *
 * @param network M
 * @param order of the run
 * @param trainer of the run
 * @param removal of M'
 */
public record ForgettingRun(
    Network network, BatchOrder order, SgdTrainer trainer, Removal removal) {

  /**
   * Checks what is known before the run.
   *
   * @throws IllegalArgumentException if what is to be forgotten is trained on elsewhere too, or is
   *     a point that x* does not hold
   */
  public ForgettingRun {
    removal.check(order);
  }

  /** The gradient of x* now, for the visits at the steps from one to before another. */
  ForgottenGradient forgottenGradient(int from, int to, Mode mode) {
    return ForgottenGradient.of(
        objectivesOfVisits(from, to), objective -> gradient(objective, mode));
  }

  /** What is trained at the visits at the steps from one to before another. */
  List<Objective> objectivesOfVisits(int from, int to) {
    return IntStream.range(from, to)
        .filter(order::isForgetVisit)
        .mapToObj(visit -> trainer.objective(order, visit))
        .toList();
  }

  /** What one vector of a gradient weighs in each of the first steps: nothing where no visit is. */
  double[] visitWeights(ForgottenGradient gradient, int steps, int part) {
    return IntStream.range(0, steps)
        .mapToDouble(
            step ->
                !order.isForgetVisit(step)
                    ? 0
                    : part == 0 ? 1 : gradient.penaltyWeight(trainer.objective(order, step)))
        .toArray();
  }

  /** The gradient of x* now, under an objective of training: a new vector. */
  ParameterVector gradient(Objective trained, Mode mode) {
    LossGradient result =
        network.gradient(
            removal.forgotten(order.forgetBatch()), removal.forgottenObjective(trained), mode);
    return result.gradient();
  }

  /** The gradient that M follows at a visit and M' does not. */
  ParameterVector gradientAtVisit(Objective trained, Mode ofPoint) {
    return gradient(trained, removal instanceof Removal.WithoutPoint ? ofPoint : Mode.TRAINING);
  }

  /**
   * Checks a step before it is taken.
   *
   * @param expected index of the step
   * @param start w_0
   * @throws IllegalStateException saying what differs
   */
  void check(Step step, int expected, ParameterVector start) {
    new WatchedRun(network, order, trainer).check(step, expected, start);
    WatchedRun.check(
        "order", expected, kind(step.forgetVisit()), kind(order.isForgetVisit(expected)));
    if (step.removal().isPresent()) {
      WatchedRun.check("removal", expected, step.removal().get(), removal);
    }
  }

  private static String kind(boolean visit) {
    return visit ? "a visit" : "no visit";
  }
}
