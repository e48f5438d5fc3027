package dev.unrolling.unlearning.theory;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.recording.DerivativeCost;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Computes a {@link LeadingTerm}. Both parts are linear in what each batch gives, so the weights of
 * a batch are summed first: one that comes back in later epochs costs its derivatives once, and the
 * Hessian of x* is multiplied once; where gamma falls, once an objective.
 */
final class LeadingTermSums {

  /** What is differentiated at a step. */
  private record Term(Batch batch, Objective objective) {}

  private final Network start;
  private final BatchOrder order;
  private final SgdTrainer trainer;
  private final Removal removal;
  private final Mode mode;
  private final Batch forgotten;
  private long gradients;
  private long products;

  LeadingTermSums(Network start, BatchOrder order, SgdTrainer trainer, Removal removal, Mode mode) {
    if (removal instanceof Removal.WithoutPoint point
        && point.divisor() == Removal.Divisor.REMAINING) {
      throw new IllegalArgumentException(
          "with the divisor REMAINING what is left is of first order; use FULL_BATCH");
    }
    removal.check(order);
    this.start = start;
    this.order = order;
    this.trainer = trainer;
    this.removal = removal;
    this.mode = mode;
    this.forgotten = removal.forgotten(order.forgetBatch());
  }

  LeadingTerm compute(int steps, CheckpointSpacing spacing) {
    // What the derivatives of each term weigh in the two parts, by the objective of the visits.
    Map<Objective, Map<Term, Double>> ofProducts = new LinkedHashMap<>();
    Map<Objective, Map<Term, Double>> ofGradients = new LinkedHashMap<>();
    Map<Objective, double[]> visitsAfter = ratesOfVisitsAfter(steps, spacing);
    Map<Objective, Double> visitsBefore = new LinkedHashMap<>();
    for (int i = 0; i < steps; i++) {
      int step = i;
      double rate = trainer.schedule().rate(order, i);
      Batch batch = order.batch(i);
      Objective objective = trainer.objective(order, i);
      boolean visit = order.isForgetVisit(i);
      Optional<Batch> shared = visit ? removal.retrainedBatch(batch) : Optional.of(batch);
      shared.ifPresent(
          one ->
              visitsBefore.forEach(
                  (visits, rates) ->
                      add(ofProducts, visits, new Term(one, objective), rate * rates)));
      visitsAfter.forEach(
          (visits, rates) ->
              add(ofGradients, visits, new Term(batch, objective), rate * rates[step]));
      if (visit) {
        visitsBefore.merge(objective, rate, Double::sum);
      }
    }
    ParameterVector others = zero();
    ofProducts.forEach((visits, weights) -> addOthers(others, visits, weights));
    ParameterVector own = zero();
    ofGradients.forEach((visits, weights) -> addOwn(own, visits, weights));
    return new LeadingTerm(others, own, new DerivativeCost(gradients, products));
  }

  private static void add(
      Map<Objective, Map<Term, Double>> weights, Objective visits, Term term, double weight) {
    if (weight > 0) {
      weights
          .computeIfAbsent(visits, none -> new LinkedHashMap<>())
          .merge(term, weight, Double::sum);
    }
  }

  /** For each step, the rates of the later visits whose checkpoint lies at or before it. */
  private Map<Objective, double[]> ratesOfVisitsAfter(int steps, CheckpointSpacing spacing) {
    Map<Objective, double[]> sums = new LinkedHashMap<>();
    for (int visit = 0; visit < steps; visit++) {
      if (order.isForgetVisit(visit)) {
        double[] ofObjective =
            sums.computeIfAbsent(trainer.objective(order, visit), none -> new double[steps]);
        for (int i = spacing.lastBefore(visit); i < visit; i++) {
          ofObjective[i] += trainer.schedule().rate(order, visit);
        }
      }
    }
    return sums;
  }

  private void addOthers(ParameterVector sum, Objective visits, Map<Term, Double> weights) {
    gradients += forgotten.size();
    try (LossGradient g = start.gradient(forgotten, removal.forgottenObjective(visits), mode)) {
      weights.forEach(
          (term, weight) -> {
            checkInterrupt();
            if (term.batch.size() == 0) {
              sum.addInPlace(weight * term.objective.weightDecay(), g.gradient());
            } else {
              products += term.batch.size();
              try (ParameterVector product =
                  start.hessianVectorProduct(term.batch, term.objective, mode, g.gradient())) {
                sum.addInPlace(weight, product);
              }
            }
          });
    }
  }

  private void addOwn(ParameterVector sum, Objective visits, Map<Term, Double> weights) {
    try (ParameterVector direction = zero()) {
      weights.forEach(
          (term, weight) -> {
            checkInterrupt();
            gradients += term.batch.size();
            try (LossGradient g = start.gradient(term.batch, term.objective, mode)) {
              direction.addInPlace(weight, g.gradient());
            }
          });
      products += forgotten.size();
      try (ParameterVector product =
          start.hessianVectorProduct(
              forgotten, removal.forgottenObjective(visits), mode, direction)) {
        sum.addInPlace(1, product);
      }
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
