package dev.unrolling.training;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.training.saved.SavePolicy;
import dev.unrolling.training.schedule.GammaDecay;
import dev.unrolling.training.schedule.Schedule;
import java.util.List;

/**
 * Plain SGD over a fixed order of batches: \( w_{i+1} = w_i - \eta_i \nabla L(w_i, x_i) \), with
 * optional momentum (claim 2.2). Immutable; {@code withX} gives a changed copy.
 *
 * <p>No step waits for its loss. Losses are read together every {@link #checkEvery()} steps and at
 * the end, along with the norm of the weights; if one is not finite the run stops with a {@link
 * DivergenceException} that names the step at fault and carries the last finite state: that of the
 * start, or one kept every fifth check or when it was last saved. A run also stops, with its state,
 * when its thread is interrupted.
 */
public final class SgdTrainer {

  /** Steps between two readings of the losses unless said otherwise. */
  public static final int DEFAULT_CHECK_EVERY = 20;

  /** Told how far a run is, each time its losses are read. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Takes notice.
     *
     * @param done steps taken
     * @param of steps in all
     * @param loss of the last step; NaN if none was taken there
     */
    void report(int done, int of, double loss);
  }

  private final Objective objective;
  private final GammaDecay gammaDecay;
  private final Schedule schedule;
  private final double momentum;
  private final RunControl control;

  private SgdTrainer(
      Objective objective,
      GammaDecay gammaDecay,
      Schedule schedule,
      double momentum,
      RunControl control) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum must be in [0, 1), not " + momentum);
    }
    this.objective = objective;
    this.gammaDecay = gammaDecay;
    this.schedule = schedule;
    this.momentum = momentum;
    this.control = control;
  }

  /**
   * A trainer without momentum, reports and saved runs, which checks its losses every 20 steps.
   *
   * @param objective what is minimised
   * @param schedule the learning rates
   */
  public SgdTrainer(Objective objective, Schedule schedule) {
    this(objective, GammaDecay.none(), schedule, 0, RunControl.standard());
  }

  /** This trainer with another objective. */
  public SgdTrainer withObjective(Objective objective) {
    return new SgdTrainer(objective, gammaDecay, schedule, momentum, control);
  }

  /** This trainer with the weight of the penalty falling from epoch to epoch. */
  public SgdTrainer withGammaDecay(GammaDecay decay) {
    return new SgdTrainer(objective, decay, schedule, momentum, control);
  }

  /** This trainer with other learning rates. */
  public SgdTrainer withSchedule(Schedule schedule) {
    return new SgdTrainer(objective, gammaDecay, schedule, momentum, control);
  }

  /** This trainer with another momentum, in [0, 1). */
  public SgdTrainer withMomentum(double momentum) {
    return new SgdTrainer(objective, gammaDecay, schedule, momentum, control);
  }

  private SgdTrainer with(RunControl other) {
    return new SgdTrainer(objective, gammaDecay, schedule, momentum, other);
  }

  /** This trainer with another number of steps, at least 1, between two readings of the losses. */
  public SgdTrainer withCheckEvery(int steps) {
    return with(control.withCheckEvery(steps));
  }

  /** This trainer starting at a later step of the order, to resume a saved run. */
  public SgdTrainer withFirstStep(int step) {
    return with(control.withFirstStep(step));
  }

  /** This trainer reporting how far it is. */
  public SgdTrainer withProgress(Progress progress) {
    return with(control.withProgress(progress));
  }

  /** This trainer saving its run. */
  public SgdTrainer withSavePolicy(SavePolicy policy) {
    return with(control.withSavePolicy(policy));
  }

  /**
   * The same steps, from the first, with neither reports nor saved runs: for whoever takes them
   * again.
   */
  public SgdTrainer withoutReports() {
    return with(RunControl.standard().withCheckEvery(checkEvery()));
  }

  /**
   * What is minimised in an epoch: gamma may fall from one to the next.
   *
   * @param epoch from 0
   */
  public Objective objective(int epoch) {
    return objective.withGamma(gammaDecay.gamma(objective.gamma(), epoch));
  }

  /** What is minimised at a step of an order, {@code 0 .. order.steps() - 1}. */
  public Objective objective(BatchOrder order, int step) {
    return objective(order.epoch(step));
  }

  /** Learning rate and momentum of a step of an order, {@code 0 .. order.steps() - 1}. */
  public SgdStep update(BatchOrder order, int step) {
    return new SgdStep(schedule.rate(order, step), momentum);
  }

  /** The learning rates. */
  public Schedule schedule() {
    return schedule;
  }

  /** Momentum mu, 0 for plain SGD. */
  public double momentum() {
    return momentum;
  }

  /** Steps between two readings of the losses. */
  public int checkEvery() {
    return control.checkEvery();
  }

  /** Index of the first step. */
  public int firstStep() {
    return control.firstStep();
  }

  RunControl control() {
    return control;
  }

  /**
   * Trains M on every batch of an order.
   *
   * @param network moved from its present weights
   * @param order of the batches; a forget batch in it is trained on like any other
   * @param listeners called at each step, in this order
   * @throws DivergenceException if a loss or the weights are not finite
   * @throws TrainingInterruptedException if the thread is interrupted
   */
  public TrainingTrace train(Network network, BatchOrder order, StepListener... listeners) {
    return train(network, order, order.steps(), listeners);
  }

  /**
   * Trains M on the first batches of an order.
   *
   * @param network moved from its present weights
   * @param order of the batches
   * @param steps of the order; at most {@code order.steps()}
   * @param listeners called at each step, in this order
   * @throws IllegalArgumentException if the steps are out of range
   * @throws DivergenceException if a loss or the weights are not finite
   * @throws TrainingInterruptedException if the thread is interrupted
   */
  public TrainingTrace train(
      Network network, BatchOrder order, int steps, StepListener... listeners) {
    control.checkEnd("train", order, steps);
    return new TrainingLoop(this, order).original(network).run(steps, List.of(listeners));
  }

  /**
   * Trains M' over the first steps of an order, leaving out what is to be forgotten. The trace
   * holds its losses, NaN where it took no step.
   *
   * @param network moved from its present weights
   * @param order with a forget batch
   * @param removal how a visit is left out
   * @param steps of the order, left-out ones included; at most {@code order.steps()}
   * @throws IllegalArgumentException if the steps are out of range, or the removal cannot be meant
   *     in this order ({@link Removal#check})
   * @throws DivergenceException if a loss or the weights are not finite
   * @throws TrainingInterruptedException if the thread is interrupted
   */
  public TrainingTrace retrain(Network network, BatchOrder order, Removal removal, int steps) {
    removal.check(order);
    control.checkEnd("retrain", order, steps);
    return new TrainingLoop(this, order).retrained(network, removal).run(steps, List.of());
  }

  /**
   * Trains M on every batch and M' on every batch but what is to be forgotten, side by side.
   *
   * @param original M, moved from its present weights
   * @param retrained M', another network in the same state, e.g. {@code original.copy()}
   * @param order with a forget batch
   * @param removal how M' leaves out a visit
   * @param listeners called at each step, in this order
   * @throws IllegalArgumentException if the two are one, or start from different weights, running
   *     statistics or momentum, or if the removal cannot be meant in this order
   * @throws DivergenceException if a loss or the weights of either are not finite
   * @throws TrainingInterruptedException if the thread is interrupted
   */
  public TrainingTrace trainInLockStep(
      Network original,
      Network retrained,
      BatchOrder order,
      Removal removal,
      StepListener... listeners) {
    removal.check(order);
    if (original == retrained) {
      throw new IllegalArgumentException(
          "M and M' are one network, which would take each step twice; make M' by original.copy()");
    }
    if (firstStep() == 0) {
      SameStart.check(original.saveState(), retrained.saveState());
    }
    return new TrainingLoop(this, order)
        .original(original)
        .retrained(retrained, removal)
        .run(order.steps(), List.of(listeners));
  }
}
