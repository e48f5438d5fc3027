package dev.unrolling.unlearning.baselines;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.SgdPlan;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import dev.unrolling.unlearning.baselines.parts.Descent;
import dev.unrolling.unlearning.baselines.parts.Retargeted;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * SCRUB (Kurmanji, Triantafillou, Hayes and Triantafillou, NeurIPS 2023): M teaches a copy of
 * itself, which is to disagree with it on what is forgotten and to agree on what stays. A first few
 * epochs begin with an ascent of KL(M || copy) over the forget set; each epoch descends \( \alpha
 * \, \mathrm{KL} + \gamma \, \mathrm{CE} \) over what stays. Without epochs of ascent it is
 * distillation. Momentum goes on through both. KL is of soft-max outputs as they are, where the
 * authors divide logits by a temperature of 4.
 *
 * <p>The default is the setting of their scripts for CIFAR-10: \( \alpha \) = .001, \( \gamma \) =
 * .99, 3 epochs, the first 2 of them with ascent, rate 5e-4, momentum .9, batches of 128 and of 32
 * to forget.
 *
 * @param plan of the epochs
 * @param ascents epochs that begin with an ascent, 0 to all
 * @param forgetBatchSize of the ascent, at least 1
 * @param alpha weight of KL on what stays, at least 0
 * @param gamma weight of the cross entropy there, at least 0; not both 0
 */
public record Scrub(SgdPlan plan, int ascents, int forgetBatchSize, double alpha, double gamma)
    implements UnlearningMethod {

  /** Checks the ranges. */
  public Scrub {
    if (ascents < 0 || ascents > plan.epochs() || forgetBatchSize < 1) {
      throw new IllegalArgumentException(
          "ascents must be 0 to "
              + plan.epochs()
              + " and the batch to forget at least 1, not "
              + ascents
              + " and "
              + forgetBatchSize);
    }
    if (!(alpha >= 0 && gamma >= 0) || !(alpha + gamma > 0) || Double.isInfinite(alpha + gamma)) {
      throw new IllegalArgumentException(
          "alpha and gamma must be finite, at least 0 and not both 0, not "
              + alpha
              + " and "
              + gamma);
    }
  }

  /** The setting of Kurmanji et al. */
  public Scrub() {
    this(new SgdPlan(Schedule.constant(5e-4), 3, 128, 0.9), 2, 32, 0.001, 0.99);
  }

  @Override
  public String name() {
    return "scrub";
  }

  @Override
  public String displayName() {
    return "SCRUB";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(plan.gradients(size.retained()) + ascents * size.forgotten());
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
    Batch retained = request.requireRetained(name());
    // Both terms are cross entropies of one soft label: that of their mixture.
    double weight = alpha + gamma;
    Batch stays =
        new Retargeted(retained.dataset())
            .withTeacher(request.trained(), retained, gamma / weight)
            .of(retained);
    Batch forgotten =
        new Retargeted(request.forget().dataset())
            .withTeacher(request.trained(), request.forget(), 0)
            .of(request.forget());
    Objective criterion = request.objective().withGamma(0).withWeightDecay(0);
    Objective decayed = criterion.withWeightDecay(request.objective().weightDecay() / weight);
    BatchOrder down = plan.order(stays, request.seed());
    SgdPlan small = new SgdPlan(plan.schedule(), plan.epochs(), forgetBatchSize, plan.momentum());
    BatchOrder up = small.order(forgotten, request.seed());
    return Descent.unlearn(
        request,
        plan,
        Optional.empty(),
        loop -> {
          for (int epoch = 0; epoch < plan.epochs(); epoch++) {
            if (epoch < ascents) {
              loop.walk(up, epoch, scaled(-1, criterion));
            }
            loop.walk(down, epoch, scaled(weight, decayed));
          }
        });
  }

  private static Descent.Direction scaled(double factor, Objective objective) {
    return (network, order, step) ->
        Descent.gradient(network, order.batch(step), objective).scaleInPlace(factor);
  }
}
