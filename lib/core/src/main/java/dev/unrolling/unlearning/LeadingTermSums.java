package dev.unrolling.unlearning;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Omission;
import dev.unrolling.training.Schedule;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Computes a {@link LeadingTerm}. Both parts are linear in what each batch gives, so the weights of
 * a batch are summed first: one that comes back in later epochs costs its derivatives once, and the
 * Hessian of x* is multiplied once.
 */
final class LeadingTermSums {

  private final Network start;
  private final BatchOrder order;
  private final Omission omission;
  private final Objective objective;
  private final Mode mode;
  private final Batch forgotten;
  private long gradients;
  private long products;

  LeadingTermSums(
      Network start, BatchOrder order, Omission omission, Objective objective, Mode mode) {
    if (omission instanceof Omission.WithoutPoint point
        && point.divisor() == Omission.Divisor.REMAINING) {
      throw new IllegalArgumentException(
          "with the divisor REMAINING what is left is of first order; use FULL_BATCH");
    }
    this.start = start;
    this.order = order;
    this.omission = omission;
    this.objective = objective;
    this.mode = mode;
    this.forgotten = omission.forgotten(order.forgetBatch());
  }

  LeadingTerm compute(int steps, CheckpointSpacing spacing, Schedule schedule) {
    Map<Batch, Double> ofProducts = new LinkedHashMap<>();
    Map<Batch, Double> ofGradients = new LinkedHashMap<>();
    double[] visitsAfter = ratesOfVisitsAfter(steps, spacing, schedule);
    double visitsBefore = 0;
    for (int i = 0; i < steps; i++) {
      double rate = schedule.rate(order, i);
      Batch batch = order.batch(i);
      boolean visit = order.isForgetVisit(i);
      Optional<Batch> shared = visit ? omission.retrainedBatch(batch) : Optional.of(batch);
      if (shared.isPresent() && visitsBefore > 0) {
        ofProducts.merge(shared.get(), rate * visitsBefore, Double::sum);
      }
      if (visitsAfter[i] > 0) {
        ofGradients.merge(batch, rate * visitsAfter[i], Double::sum);
      }
      visitsBefore += visit ? rate : 0;
    }
    ParameterVector others = others(ofProducts);
    ParameterVector own = own(ofGradients);
    return new LeadingTerm(others, own, new DerivativeCost(gradients, products));
  }

  /** For each step, the rates of the later visits whose checkpoint lies at or before it. */
  private double[] ratesOfVisitsAfter(int steps, CheckpointSpacing spacing, Schedule schedule) {
    double[] sums = new double[steps];
    for (int visit = 0; visit < steps; visit++) {
      if (order.isForgetVisit(visit)) {
        for (int i = spacing.lastBefore(visit); i < visit; i++) {
          sums[i] += schedule.rate(order, visit);
        }
      }
    }
    return sums;
  }

  private ParameterVector others(Map<Batch, Double> weights) {
    ParameterVector sum = zero();
    if (weights.isEmpty()) {
      return sum;
    }
    gradients += forgotten.size();
    try (LossGradient g = start.gradient(forgotten, omission.forgottenObjective(objective), mode)) {
      weights.forEach(
          (batch, weight) -> {
            checkInterrupt();
            if (batch.size() == 0) {
              sum.addInPlace(weight * objective.weightDecay(), g.gradient());
            } else {
              products += batch.size();
              try (ParameterVector product =
                  start.hessianVectorProduct(batch, objective, mode, g.gradient())) {
                sum.addInPlace(weight, product);
              }
            }
          });
    }
    return sum;
  }

  private ParameterVector own(Map<Batch, Double> weights) {
    if (weights.isEmpty()) {
      return zero();
    }
    try (ParameterVector direction = zero()) {
      weights.forEach(
          (batch, weight) -> {
            checkInterrupt();
            gradients += batch.size();
            try (LossGradient g = start.gradient(batch, objective, mode)) {
              direction.addInPlace(weight, g.gradient());
            }
          });
      products += forgotten.size();
      return start.hessianVectorProduct(
          forgotten, omission.forgottenObjective(objective), mode, direction);
    }
  }

  private ParameterVector zero() {
    return start.weights().scaleInPlace(0);
  }

  private static void checkInterrupt() {
    if (Thread.interrupted()) {
      throw new CancellationException("the leading term was interrupted");
    }
  }
}
