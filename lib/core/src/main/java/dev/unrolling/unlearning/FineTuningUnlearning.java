package dev.unrolling.unlearning;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Network;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import java.util.OptionalLong;

/**
 * Fine-tuning on what stays ("FT"): M trained on, from w_t, with the objective of its training on
 * the retain set alone, in the hope that what is no longer seen is forgotten (the simplest baseline
 * of Golatkar, Achille and Soatto, CVPR 2020, and of Warnecke et al., NDSS 2023). Needs no record.
 *
 * <p>The default is the setting in which Jia et al. (NeurIPS 2023) report it: 10 epochs at rate
 * 0.01 in batches of 256, momentum 0.9; their weight decay of 5e-4 belongs to the request's
 * objective.
 *
 * @param plan of the epochs
 */
public record FineTuningUnlearning(SgdPlan plan) implements UnlearningMethod {

  /** The setting of Jia et al. */
  public FineTuningUnlearning() {
    this(new SgdPlan(Schedule.constant(0.01), 10, 256, 0.9));
  }

  @Override
  public String name() {
    return "fine-tuning";
  }

  @Override
  public String displayName() {
    return "fine-tuning on what stays";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(plan.gradients(size.retained()));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the request has no retain set
   * @throws dev.unrolling.training.DivergenceException if a loss or the weights are not finite
   * @throws dev.unrolling.training.TrainingInterruptedException if the thread is interrupted
   */
  @Override
  public Network unlearn(UnlearningRequest request) {
    Batch retained = request.requireRetained(name());
    Network unlearned = request.trained().copy();
    try {
      unlearned.restore(unlearned.saveState().withoutVelocity());
      new SgdTrainer(request.objective(), plan.schedule())
          .withMomentum(plan.momentum())
          .train(unlearned, plan.order(retained, request.seed()));
      unlearned.restore(unlearned.saveState().withoutVelocity());
      return unlearned;
    } catch (RuntimeException failure) {
      unlearned.close();
      throw failure;
    }
  }
}
