package dev.unrolling.unlearning.baselines;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.Descent;
import java.util.Optional;
import java.util.OptionalLong;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Fine-tuning on what stays with a penalty on the weights' absolute values, \( L(w, r) + \alpha
 * \|w\|_1 \), whose weight falls linearly to 0 over the epochs ("l1-sparse"; Jia et al., NeurIPS
 * 2023). The derivative of |w| at 0 is taken to be 0. With \( \alpha = 0 \) it is fine-tuning.
 *
 * <p>The default is their setting: \( \alpha \) = 5e-4, 10 epochs at rate 0.01 in batches of 256,
 * momentum 0.9.
 *
 * @param plan of the epochs
 * @param penalty \( \alpha \) in the first epoch, finite and at least 0
 */
public record SparseFineTuning(SgdPlan plan, double penalty) implements UnlearningMethod {

  /** Checks the range. */
  public SparseFineTuning {
    if (!(penalty >= 0) || Double.isInfinite(penalty)) {
      throw new IllegalArgumentException(
          "the penalty's weight must be finite and at least 0, not " + penalty);
    }
  }

  /** The setting of Jia et al. */
  public SparseFineTuning() {
    this(new SgdPlan(Schedule.constant(0.01), 10, 256, 0.9), 5e-4);
  }

  @Override
  public String name() {
    return "l1-sparse";
  }

  @Override
  public String displayName() {
    return "l1-sparse fine-tuning";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(plan.gradients(size.retained()));
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
    Descent.Direction descent = Descent.gradients(request.objective());
    return Descent.unlearn(
        request,
        plan,
        Optional.empty(),
        loop ->
            loop.walk(
                stays,
                (network, order, step) -> {
                  double weight = penalty * (1 - (double) order.epoch(step) / order.epochs());
                  try (ParameterVector at = network.weights();
                      ParameterVector signs = network.vector(Transforms.sign(at.toArray()))) {
                    return descent.at(network, order, step).addInPlace(weight, signs);
                  }
                }));
  }
}
