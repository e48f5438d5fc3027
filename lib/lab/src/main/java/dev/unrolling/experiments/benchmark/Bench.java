package dev.unrolling.experiments.benchmark;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.metrics.OutputDistances;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architecture;
import dev.unrolling.training.DivergenceException;
import dev.unrolling.unlearning.RequestSize;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The networks of a run, open. */
final class Bench implements AutoCloseable {

  private final ForgetSplit split;
  private final BenchmarkSettings settings;
  private final Network original;
  private final Network retrained;
  private final Network start;
  private final Network otherOriginal;
  private final RunRecord record;
  private final ForgetSplit otherSplit;
  private final Measures otherRetrained;
  private final Measures reference;
  private final Measures untouched;
  private final Relearning relearning;

  Bench(
      BenchmarkExperiment.Pair pair,
      BenchmarkExperiment.Pair other,
      Architecture architecture,
      RunContext context) {
    this.split = pair.split();
    this.settings = split.settings();
    this.original = context.network(architecture, pair.original());
    this.retrained = context.network(architecture, pair.retrained());
    this.start = context.engine().network(architecture, settings.seed());
    this.record = new RunRecord(start, split.forget());
    record.resume(start, pair.record());
    this.otherOriginal = context.network(architecture, other.original());
    this.otherSplit = other.split();
    try (Network otherModel = context.network(architecture, other.retrained())) {
      this.otherRetrained = Measures.ofValidation(otherModel, otherSplit);
    }
    this.reference = Measures.ofTest(retrained, split);
    this.untouched = Measures.ofTest(original, split);
    this.relearning =
        new Relearning(original, split.forget(), settings.batchSize(), settings.rate());
  }

  /** The rows to be, in the order of the table. */
  List<Supplier<BenchmarkRow>> methods() {
    long forgotten = split.forget().size();
    long steps = (long) settings.epochs() * split.retained().size();
    BatchOrder order = split.order();
    List<Supplier<BenchmarkRow>> all = new ArrayList<>();
    all.add(() -> row(BenchmarkExperiment.NOTHING, Double.NaN, 0, original::copy));
    all.add(() -> row(BenchmarkExperiment.RETRAINING, Double.NaN, steps, retrained::copy));
    all.add(
        () ->
            formula(
                "single-gradient",
                forgotten,
                weights ->
                    RunRecord.singleGradient(
                        start,
                        weights,
                        split.forget(),
                        settings.batchSize(),
                        settings.epochs(),
                        settings.rate())));
    all.add(() -> formula("amnesiac", 0, record::amnesiac));
    all.add(
        () ->
            formula(
                "krylov",
                RunRecord.oneHessianCost(split),
                weights -> RunRecord.oneHessian(start, weights, split, order, settings.rate())));
    all.add(() -> formula("trajectory", 2 * steps, record::trajectory));
    for (Contender contender : Contender.all(settings)) {
      all.add(() -> tuned(contender));
    }
    return all;
  }

  int count() {
    return methods().size();
  }

  /** M with weights that a formula makes of its own. */
  private BenchmarkRow formula(
      String name, long gradients, UnaryOperator<ParameterVector> unlearned) {
    return row(
        name,
        Double.NaN,
        gradients,
        () -> {
          Network made = original.copy();
          try (ParameterVector weights = unlearned.apply(original.weights())) {
            made.setWeights(weights);
          }
          return made;
        });
  }

  private BenchmarkRow tuned(Contender contender) {
    double best = contender.grid().get(0);
    double least = Double.POSITIVE_INFINITY;
    for (double candidate : contender.grid()) {
      Optional<Network> made =
          unlearn(contender.made().apply(candidate), otherOriginal, otherSplit);
      if (made.isPresent()) {
        try (Network network = made.get()) {
          double gap = Measures.ofValidation(network, otherSplit).gap(otherRetrained);
          if (gap < least) {
            least = gap;
            best = candidate;
          }
        }
      }
    }
    double chosen = best;
    return row(
        contender.name(),
        chosen,
        contender.gradients(
            new RequestSize(split.forget().size(), split.retained().size(), settings.epochs())),
        () -> unlearn(contender.made().apply(chosen), original, split).orElse(null));
  }

  /** Empty if the method destroyed the network. */
  private static Optional<Network> unlearn(
      UnlearningMethod method, Network trained, ForgetSplit split) {
    Batch stays = split.retained();
    try {
      return Optional.of(
          method.unlearn(
              UnlearningRequest.of(trained, split.forget())
                  .withRetained(stays)
                  .withSeed(split.settings().seed())));
    } catch (IllegalStateException | ArithmeticException | DivergenceException destroyed) {
      if (destroyed instanceof CancellationException) {
        throw destroyed;
      }
      return Optional.empty();
    }
  }

  private BenchmarkRow row(
      String method, double candidate, long gradients, Supplier<Network> unlearned) {
    long began = System.nanoTime();
    try (Network network = unlearned.get()) {
      double seconds = (System.nanoTime() - began) / 1e9;
      boolean there = network != null;
      Measures found = there ? Measures.ofTest(network, split) : Measures.NONE;
      OutputDistances apart =
          OutputDistances.between(
              there ? network : original,
              retrained,
              split.test().dataset(),
              split.test().indices());
      return new BenchmarkRow(
          original.engine().name(),
          original.engine().threads(),
          settings,
          method,
          split.forget().size(),
          candidate,
          found.ua(),
          found.ra(),
          found.ta(),
          found.forgottenClass(),
          found.mia(),
          found.gap(reference),
          found.ta() / untouched.ta(),
          found.indiscernibility(),
          there ? relearning.steps(network) : Double.NaN,
          there ? VerificationError.value(network, retrained) : Double.NaN,
          VerificationError.value(original, retrained),
          there ? apart.meanLogitDistance() : Double.NaN,
          there ? apart.meanKl() : Double.NaN,
          gradients,
          seconds);
    }
  }

  @Override
  public void close() {
    List.of(original, retrained, start, otherOriginal).forEach(Network::close);
    record.close();
  }
}
