package dev.unrolling.unlearning.baselines;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.Descent;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * NegGrad+: descent on what stays and ascent on what is forgotten at once, \( (1 - \beta) L(w, r) -
 * \beta L(w, f) \), a batch of each a step; the forget set begins anew where it ends first
 * (Kurmanji et al., NeurIPS 2023, after Golatkar, Achille and Soatto, CVPR 2020). With \( \beta = 0
 * \) it is fine-tuning. Of the forget set the criterion alone is climbed, without penalty and
 * decay.
 *
 * <p>The default weight, 1e-4, is that of the scripts of Kurmanji et al. (they write 1 - it,
 * .9999); the plan is that of fine-tuning in Jia et al. (NeurIPS 2023).
 *
 * @param plan of the epochs over what stays
 * @param forgetWeight \( \beta \), 0 to 1
 */
public record NegGradPlus(SgdPlan plan, double forgetWeight) implements UnlearningMethod {

  /** Checks the range. */
  public NegGradPlus {
    if (!(forgetWeight >= 0 && forgetWeight <= 1)) {
      throw new IllegalArgumentException(
          "the weight of the forget set must be 0 to 1, not " + forgetWeight);
    }
  }

  /** The weight of Kurmanji et al. */
  public NegGradPlus() {
    this(new SgdPlan(Schedule.constant(0.01), 10, 256, 0.9), 1e-4);
  }

  @Override
  public String name() {
    return "neg-grad-plus";
  }

  @Override
  public String displayName() {
    return "NegGrad+";
  }

  /**
   * {@inheritDoc} A batch to forget is counted as one of what stays; where there are fewer to
   * forget it costs less.
   */
  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of((forgetWeight == 0 ? 1 : 2) * plan.gradients(size.retained()));
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
    BatchOrder stays = plan.order(request.requireRetained(name()), request.seed());
    BatchOrder forgotten = plan.order(request.forget(), request.seed());
    Objective criterion = request.objective().withGamma(0).withWeightDecay(0);
    Descent.Direction descent = Descent.gradients(request.objective());
    return Descent.unlearn(
        request,
        plan,
        Optional.empty(),
        loop ->
            loop.walk(
                stays,
                (network, order, step) -> {
                  ParameterVector down = descent.at(network, order, step);
                  if (forgetWeight == 0) {
                    return down;
                  }
                  try (ParameterVector up =
                      Descent.gradient(
                          network, forgotten.batch(step % forgotten.steps()), criterion)) {
                    return down.scaleInPlace(1 - forgetWeight).addInPlace(-forgetWeight, up);
                  }
                }));
  }
}
