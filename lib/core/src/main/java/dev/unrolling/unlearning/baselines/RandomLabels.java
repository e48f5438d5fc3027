package dev.unrolling.unlearning.baselines;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Network;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.Descent;
import dev.unrolling.unlearning.baselines.parts.Retargeted;
import dev.unrolling.unlearning.baselines.parts.WeightMask;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Random labels ("RL"): M trained on, from w_t, on everything, with what is forgotten under a wrong
 * label each, drawn once (Golatkar, Achille and Soatto, CVPR 2020; with what stays as in the
 * baseline of Fan et al., ICLR 2024).
 *
 * <p>The default is the setting of Fan et al.: 10 epochs at rate 0.01 in batches of 256, momentum
 * 0.9; they search the rate.
 *
 * @param plan of the epochs
 */
public record RandomLabels(SgdPlan plan) implements UnlearningMethod {

  /** The setting of Fan et al. */
  public RandomLabels() {
    this(new SgdPlan(Schedule.constant(0.01), 10, 256, 0.9));
  }

  @Override
  public String name() {
    return "random-labels";
  }

  @Override
  public String displayName() {
    return "random labels";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(plan.gradients(size.forgotten() + size.retained()));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the request has no retain set
   * @throws IllegalStateException if the weights do not stay finite
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  @Override
  public Network unlearn(UnlearningRequest request) {
    return unlearn(name(), request, plan, Optional.empty());
  }

  /** The same with some weights held. */
  static Network unlearn(
      String name, UnlearningRequest request, SgdPlan plan, Optional<WeightMask> mask) {
    Batch stays = request.requireRetained(name);
    Retargeted relabelled =
        new Retargeted(request.forget().dataset())
            .withOtherLabels(request.forget(), request.seed());
    Batch everything = relabelled.of(request.forget(), stays);
    return Descent.unlearn(
        request,
        plan,
        mask,
        loop ->
            loop.walk(
                plan.order(everything, request.seed()), Descent.gradients(request.objective())));
  }
}
