package dev.unrolling.unlearning.baselines;

import dev.unrolling.engine.Network;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.Descent;
import dev.unrolling.unlearning.baselines.parts.WeightMask;
import java.util.OptionalLong;

/**
 * Catastrophic forgetting of the last layers ("CF-k"; Goel et al., "Towards Adversarial Evaluations
 * for Inexact Machine Unlearning", 2022): the last k layers are trained on, from w_t, on what
 * stays; the weights before them keep their bits (batch norm's running statistics move as in
 * training).
 *
 * <p>Which k is right depends on the network; the default, 2 layers with weights, is ours. The plan
 * is that of fine-tuning in Jia et al. (NeurIPS 2023): 10 epochs at rate 0.01 in batches of 256,
 * momentum 0.9.
 *
 * @param plan of the epochs
 * @param layers k, at least 1; a layer's weight and bias, or scale and shift, are one
 */
public record LastLayersFineTuning(SgdPlan plan, int layers) implements UnlearningMethod {

  /** Checks the range. */
  public LastLayersFineTuning {
    WeightMask.checkLayers(layers);
  }

  /** Two layers. */
  public LastLayersFineTuning() {
    this(new SgdPlan(Schedule.constant(0.01), 10, 256, 0.9), 2);
  }

  @Override
  public String name() {
    return "cf-k";
  }

  @Override
  public String displayName() {
    return "CF-k";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(plan.gradients(size.retained()));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the request has no retain set, or the network has fewer
   *     layers
   * @throws IllegalStateException if the weights do not stay finite
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  @Override
  public Network unlearn(UnlearningRequest request) {
    return Descent.unlearnLastLayers(name(), request, plan, layers, false);
  }
}
