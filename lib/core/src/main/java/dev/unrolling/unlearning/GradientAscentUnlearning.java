package dev.unrolling.unlearning;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.SgdStep;
import dev.unrolling.training.schedule.Schedule;
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

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the weights do not stay finite
   * @throws CancellationException if the thread is interrupted
   */
  @Override
  public Network unlearn(UnlearningRequest request) {
    Objective criterion = request.objective().withGamma(0).withWeightDecay(0);
    BatchOrder order = plan.order(request.forget(), request.seed());
    Network unlearned = request.trained().copy();
    try {
      unlearned.restore(unlearned.saveState().withoutVelocity());
      for (int step = 0; step < order.steps(); step++) {
        if (Thread.interrupted()) {
          throw new CancellationException(
              "gradient ascent was interrupted after " + step + " of " + order.steps() + " steps");
        }
        double rate = plan.schedule().rate(order, step);
        boolean last = (step + 1) % order.batchesPerEpoch() == 0;
        climb(unlearned, order, step, criterion, rate, last);
      }
      unlearned.restore(unlearned.saveState().withoutVelocity());
      return unlearned;
    } catch (RuntimeException failure) {
      unlearned.close();
      throw failure;
    }
  }

  /** A step of descent, mirrored: with momentum too, since the running sum only changes sign. */
  private void climb(
      Network network,
      BatchOrder order,
      int step,
      Objective criterion,
      double rate,
      boolean check) {
    try (ParameterVector before = network.weights()) {
      network.step(order.batch(step), criterion, new SgdStep(rate, plan.momentum()));
      try (ParameterVector descended = network.weights();
          ParameterVector climbed = before.copy()) {
        climbed.addInPlace(1, before.addInPlace(-1, descended));
        if (check && !Double.isFinite(climbed.norm2())) {
          throw new IllegalStateException(
              "the weights were no longer finite after "
                  + (step + 1)
                  + " of "
                  + order.steps()
                  + " steps of gradient ascent at learning rate "
                  + rate
                  + "; lower the rate (try "
                  + rate / 10
                  + ") or the number of epochs");
        }
        network.setWeights(climbed);
      }
    }
  }
}
