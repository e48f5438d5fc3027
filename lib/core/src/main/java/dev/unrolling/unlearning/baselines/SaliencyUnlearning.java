package dev.unrolling.unlearning.baselines;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.WeightMask;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Saliency unlearning ("SalUn"; Fan et al., ICLR 2024): {@link RandomLabels} on the weights alone
 * whose gradient of the forget set's loss at w_t is largest; the others keep their bits. With a
 * share of 1 it is random labels. Their optimiser decays the weights that are held too; here they
 * are held.
 *
 * <p>The default is their setting: half of the weights, 10 epochs at rate 0.01 in batches of 256,
 * momentum 0.9; they search the rate.
 *
 * @param plan of the epochs
 * @param share of the weights that move, above 0 and at most 1
 */
public record SaliencyUnlearning(SgdPlan plan, double share) implements UnlearningMethod {

  /** Checks the range. */
  public SaliencyUnlearning {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "the share of weights that move must be above 0 and at most 1, not " + share);
    }
  }

  /** The setting of Fan et al. */
  public SaliencyUnlearning() {
    this(new SgdPlan(Schedule.constant(0.01), 10, 256, 0.9), 0.5);
  }

  @Override
  public String name() {
    return "salun";
  }

  @Override
  public String displayName() {
    return "SalUn";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(size.forgotten() + plan.gradients(size.forgotten() + size.retained()));
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
    try (ParameterVector gradient = saliency(request)) {
      WeightMask salient = WeightMask.ofLargest(gradient, share);
      return RandomLabels.unlearn(name(), request, plan, Optional.of(salient));
    }
  }

  /** The gradient of the mean loss over the forget set, in evaluation mode. */
  private ParameterVector saliency(UnlearningRequest request) {
    Objective criterion = request.objective().withGamma(0).withWeightDecay(0);
    Batch forget = request.forget();
    BatchOrder order = BatchOrder.fixed(forget.dataset(), forget.indices(), plan.batchSize(), 1);
    ParameterVector sum = request.trained().weights().scaleInPlace(0);
    for (int i = 0; i < order.steps(); i++) {
      Batch part = order.batch(i).averagedOver(forget.size());
      try (LossGradient one = request.trained().gradient(part, criterion, Mode.EVALUATION)) {
        sum.addInPlace(1, one.gradient());
      }
    }
    return sum;
  }
}
