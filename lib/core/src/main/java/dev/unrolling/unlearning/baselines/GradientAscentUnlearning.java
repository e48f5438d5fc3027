package dev.unrolling.unlearning.baselines;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.Descent;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;

/**
 * Gradient ascent on the forget set ("GA"): epochs of SGD from w_t on minus the criterion of the
 * forgotten examples, \( w \leftarrow w + \eta \nabla L(w, x) \), batch by batch. Needs neither the
 * record nor the retain set.
 *
 * <p>Later papers cite the paper as the source of this baseline, but it is not the paper's method:
 * {@link SingleGradientUnlearning} adds one gradient, taken at w_0. The criterion alone is climbed,
 * not the penalty or the weight decay of training. Running statistics move as in training. The loss
 * has no maximum, so too high a rate destroys the network: search it (their authors do, from 1e-6
 * to 0.1).
 *
 * <p>The default is the setting of Jia et al. (NeurIPS 2023): 5 epochs at rate 1e-4 in batches of
 * 256, momentum 0.9; their scripts decay the weights by 5e-4 as well.
 *
 * @param plan of the epochs
 */
public record GradientAscentUnlearning(SgdPlan plan) implements UnlearningMethod {

  /** The setting of Jia et al. */
  public GradientAscentUnlearning() {
    this(new SgdPlan(Schedule.constant(1e-4), 5, 256, 0.9));
  }

  @Override
  public String name() {
    return "gradient-ascent";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(plan.gradients(size.forgotten()));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the weights do not stay finite
   * @throws CancellationException if the thread is interrupted
   */
  @Override
  public Network unlearn(UnlearningRequest request) {
    Objective criterion = request.objective().withGamma(0).withWeightDecay(0);
    Descent.Direction down = Descent.gradients(criterion);
    return Descent.unlearn(
        request,
        plan,
        Optional.empty(),
        loop ->
            loop.walk(
                plan.order(request.forget(), request.seed()),
                (network, order, step) -> down.at(network, order, step).scaleInPlace(-1)));
  }
}
