package dev.unrolling.unlearning.theory;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.recording.DerivativeCost;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Plain SGD unrolled around its start (claim 2.1). With \( g_i = \nabla L(w_0, x_i) \) and \( H_i
 * \) the Hessian of \( L(\cdot, x_i) \) at \( w_0 \),
 *
 * <p>\[ w_t \approx w_0 - \sum_{i \lt t} \eta_i g_i + \sum_{i=1}^{t-1} f(i), \quad f(i) = -\eta_i
 * H_i \Big( -\sum_{j \lt i} \eta_j g_j + \sum_{j \lt i} f(j) \Big). \]
 *
 * <p>Exact for a quadratic loss at any rate. Only Hessian-vector products are taken, one a step,
 * and both sums are accumulated, so memory does not grow with t. Where gamma falls, g_i and H_i are
 * of the objective of step i. Without momentum; meant for networks without batch norm. Immutable.
 */
public final class UnrolledSgd {

  private final SgdTrainer trainer;
  private final Mode mode;
  private final boolean truncated;

  /**
   * Unrolls in {@link Mode#TRAINING}, the mode of a step.
   *
   * @param objective that is trained, at every step
   * @param schedule of the learning rates
   */
  public UnrolledSgd(Objective objective, Schedule schedule) {
    this(new SgdTrainer(objective, schedule));
  }

  /**
   * Unrolls the steps of a trainer, each with its own objective, in {@link Mode#TRAINING}.
   *
   * @param trainer without momentum
   * @throws IllegalArgumentException if it has momentum, which the expansion leaves out
   */
  public UnrolledSgd(SgdTrainer trainer) {
    this(trainer, Mode.TRAINING, false);
    if (trainer.momentum() > 0) {
      throw new IllegalArgumentException(
          "SGD is unrolled without momentum, not with "
              + trainer.momentum()
              + "; train without, or measure v by training M and M' in lock step");
    }
  }

  private UnrolledSgd(SgdTrainer trainer, Mode mode, boolean truncated) {
    this.trainer = trainer;
    this.mode = mode;
    this.truncated = truncated;
  }

  /** The same with gradients and Hessians in another mode. */
  public UnrolledSgd withMode(Mode mode) {
    return new UnrolledSgd(trainer, mode, truncated);
  }

  /**
   * The same with the recursion cut: \( f(i) = \eta_i H_i \sum_{j \lt i} \eta_j g_j \), the part of
   * second order in the rate. What it leaves is of third order too, but not 0 for a quadratic loss.
   */
  public UnrolledSgd truncated() {
    return new UnrolledSgd(trainer, mode, true);
  }

  /**
   * What expanding the run of M costs: a gradient and, but for the first, a product a step.
   *
   * @param order of the batches
   * @param steps t, 0 to {@code order.steps()}
   */
  public DerivativeCost cost(BatchOrder order, int steps) {
    checkSteps(order, steps);
    long gradients = 0;
    for (int i = 0; i < steps; i++) {
      gradients += order.batch(i).size();
    }
    return new DerivativeCost(gradients, steps == 0 ? 0 : gradients - order.batch(0).size());
  }

  /**
   * Expands the run of M.
   *
   * @param start a network at w_0; unchanged
   * @param order of the batches
   * @param steps t, 0 to {@code order.steps()}
   * @return an expansion that the caller closes
   */
  public Expansion expand(Network start, BatchOrder order, int steps) {
    return expand(start, order, steps, Optional.empty());
  }

  /**
   * Expands the run of M', which leaves out what is to be forgotten.
   *
   * @param start a network at w_0; unchanged
   * @param order with a forget batch
   * @param steps t, left-out ones included, 0 to {@code order.steps()}
   * @param removal how a visit is left out
   * @return an expansion that the caller closes
   * @throws IllegalArgumentException if the steps are out of range, or the removal cannot be meant
   *     in this order ({@link Removal#check})
   */
  public Expansion expandRetrained(Network start, BatchOrder order, int steps, Removal removal) {
    removal.check(order);
    return expand(start, order, steps, Optional.of(removal));
  }

  private Expansion expand(Network start, BatchOrder order, int steps, Optional<Removal> removal) {
    checkSteps(order, steps);
    Expansion sums =
        new Expansion(
            start.weights(), start.weights().scaleInPlace(0), start.weights().scaleInPlace(0));
    for (int i = 0; i < steps; i++) {
      if (Thread.interrupted()) {
        sums.close();
        throw new CancellationException("unrolling was interrupted after " + i + " steps");
      }
      Batch visited = order.batch(i);
      Optional<Batch> batch =
          removal.isPresent() && order.isForgetVisit(i)
              ? removal.get().retrainedBatch(visited)
              : Optional.of(visited);
      Objective objective = trainer.objective(order, i);
      // A step without examples and without weight decay moves nothing.
      if (batch.isPresent() && (batch.get().size() > 0 || objective.weightDecay() > 0)) {
        add(sums, start, batch.get(), objective, trainer.schedule().rate(order, i));
      }
    }
    return sums;
  }

  private static void checkSteps(BatchOrder order, int steps) {
    if (steps < 0 || steps > order.steps()) {
      throw new IllegalArgumentException(
          "cannot unroll " + steps + " steps (expected 0 to " + order.steps() + ")");
    }
  }

  /**
   * Predicts the leading term of v of single gradient unlearning, before anything is trained.
   *
   * @param start a network at w_0; unchanged
   * @param order with a forget batch
   * @param steps t, 0 to {@code order.steps()}
   * @param removal how M' leaves out a visit
   * @return a term that the caller closes
   * @throws IllegalArgumentException if a remainder of first order comes before this term, the
   *     steps are out of range, or the removal cannot be meant in this order ({@link
   *     Removal#check})
   */
  public LeadingTerm leadingTerm(Network start, BatchOrder order, int steps, Removal removal) {
    return leadingTerm(start, order, steps, removal, CheckpointSpacing.onlyAtStart());
  }

  /**
   * Predicts the leading term of v of checkpointed unlearning; {@link CheckpointSpacing#everyStep}
   * is amnesiac unlearning.
   *
   * @param start a network at w_0; unchanged
   * @param order with a forget batch
   * @param steps t, 0 to {@code order.steps()}
   * @param removal how M' leaves out a visit
   * @param spacing of the checkpoints
   * @return a term that the caller closes
   * @throws IllegalArgumentException if a remainder of first order comes before this term, the
   *     steps are out of range, or the removal cannot be meant in this order ({@link
   *     Removal#check})
   */
  public LeadingTerm leadingTerm(
      Network start, BatchOrder order, int steps, Removal removal, CheckpointSpacing spacing) {
    checkSteps(order, steps);
    return new LeadingTermSums(start, order, trainer, removal, mode).compute(steps, spacing);
  }

  /** Adds one step's two terms. */
  private void add(Expansion sums, Network start, Batch batch, Objective objective, double rate) {
    try (ParameterVector moved = sums.gradientPart().copy()) {
      if (!truncated) {
        moved.addInPlace(1, sums.curvaturePart());
      }
      // f(0) = 0, so the first product is saved.
      if (moved.norm2() > 0) {
        try (ParameterVector product = start.hessianVectorProduct(batch, objective, mode, moved)) {
          sums.curvaturePart().addInPlace(-rate, product);
        }
      }
    }
    try (LossGradient gradient = start.gradient(batch, objective, mode)) {
      sums.gradientPart().addInPlace(-rate, gradient.gradient());
    }
  }
}
