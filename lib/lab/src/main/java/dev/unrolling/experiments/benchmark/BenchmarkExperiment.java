package dev.unrolling.experiments.benchmark;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiment.StateKeeper;
import dev.unrolling.experiment.StateListener;
import dev.unrolling.metrics.OutputDistances;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.DivergenceException;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.UnlearningMethod;
import dev.unrolling.unlearning.UnlearningRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * E9: each method forgets the same set of the same network. What has a rate is tuned first, by the
 * gap to retraining on another forget set and a validation part; the test set is read for the table
 * alone. A run goes on after the last method that was measured.
 */
public final class BenchmarkExperiment
    implements Computation<BenchmarkSettings, BenchmarkRow>, ExperimentProvider {

  /** Method of M itself. */
  public static final String NOTHING = "nothing";

  /** Method of M'. */
  public static final String RETRAINING = "retraining";

  /** A trained network, and what the run left of it: names what runs share. */
  private record Trained(BenchmarkSettings settings, String model) {}

  /** What a stopped run has found. */
  private record Notes(List<BenchmarkRow> rows) {}

  /** M, M' and the record of M's run. */
  private record Pair(
      ForgetSplit split,
      NetworkState original,
      NetworkState retrained,
      List<NetworkState> record) {}

  @Override
  public String name() {
    return "benchmark";
  }

  /**
   * Since 2 a masked method keeps its other weights by its direction, and ascent is on its loop.
   */
  @Override
  public int version() {
    return 2;
  }

  @Override
  public String data(BenchmarkSettings settings) {
    return settings.data();
  }

  @Override
  public Class<BenchmarkRow> rowType() {
    return BenchmarkRow.class;
  }

  @Override
  public List<Experiment<?>> experiments() {
    return List.of(
        new Experiment<>(
            "E9",
            "unlearning methods side by side",
            this,
            BenchmarkSettings::grid,
            "torch",
            Precision.FLOAT32,
            (scale, table) -> BenchmarkFigures.all(table)));
  }

  @Override
  public List<BenchmarkRow> run(BenchmarkSettings settings, RunContext context) {
    DataSets.Parts data = context.data().of(settings.data());
    Architecture architecture =
        Architectures.named(
            settings.model(),
            Arrays.stream(data.train().exampleShape()).boxed().toList(),
            data.train().classes());
    Pair pair = pair(settings, data, architecture, context);
    Pair other = pair(settings.tuning(data.train().classes()), data, architecture, context);
    List<BenchmarkRow> rows =
        new ArrayList<>(
            context
                .resume()
                .map(stopped -> RunContext.notes(stopped, Notes.class).rows())
                .orElse(List.of()));
    StateKeeper keeper = new StateKeeper(context);
    try (Bench bench = new Bench(pair, other, architecture, context)) {
      for (Supplier<BenchmarkRow> method : bench.methods().subList(rows.size(), bench.count())) {
        rows.add(method.get());
        context
            .progress()
            .accept(
                rows.get(rows.size() - 1).method() + ", " + rows.size() + " of " + bench.count());
        keeper.keepIfDue(
            () -> context.savedRun(rows.size(), List.of(), new Notes(List.copyOf(rows))));
      }
    }
    return List.copyOf(rows);
  }

  private static SgdTrainer trainer(BenchmarkSettings settings) {
    return new SgdTrainer(Objective.crossEntropy(), Schedule.constant(settings.rate()));
  }

  private static Pair pair(
      BenchmarkSettings settings,
      DataSets.Parts data,
      Architecture architecture,
      RunContext context) {
    ForgetSplit split = ForgetSplit.of(data, settings);
    NetworkState retrained =
        context
            .shared()
            .get(
                new Trained(settings, RETRAINING),
                work -> {
                  try (Network network = work.engine().network(architecture, settings.seed())) {
                    SgdTrainer reporting =
                        trainer(settings).withProgress(work.reporter("retraining"));
                    return work.train(network, reporting, split.retrainedOrder());
                  }
                });
    NetworkState together =
        context
            .shared()
            .get(
                new Trained(settings, NOTHING),
                work -> watched(settings, split, architecture, work));
    int size = Math.toIntExact(architecture.parameters().size());
    double[] vectors = together.weights().toDoubleVector();
    NetworkState original =
        new NetworkState(part(vectors, 0, size), together.runningStatistics(), together.velocity());
    return new Pair(
        split,
        original,
        retrained,
        List.of(
            NetworkState.of(part(vectors, size, 2 * size)),
            NetworkState.of(part(vectors, 2 * size, 3 * size))));
  }

  private static INDArray part(double[] values, int from, int to) {
    return Nd4j.createFromArray(Arrays.copyOfRange(values, from, to));
  }

  /** Trains M with the record of its run; gives the weights and both vectors in one. */
  private static NetworkState watched(
      BenchmarkSettings settings, ForgetSplit split, Architecture architecture, RunContext work) {
    try (Network network = work.engine().network(architecture, settings.seed());
        RunRecord record = new RunRecord(network, split.forget())) {
      SgdTrainer trainer = trainer(settings).withProgress(work.reporter("training"));
      int first =
          work.resume()
              .map(
                  stopped -> {
                    network.restore(stopped.networks().get(0));
                    record.resume(network, stopped.networks().subList(1, 3));
                    return stopped.step();
                  })
              .orElse(0);
      trainer
          .withFirstStep(first)
          .train(
              network,
              split.order(),
              record,
              new StateListener(
                  work,
                  step -> {
                    List<NetworkState> states = new ArrayList<>(List.of(network.saveState()));
                    states.addAll(record.collected());
                    return work.savedRun(step.stepsDone(), states, new Notes(List.of()));
                  }));
      NetworkState end = network.saveState();
      List<NetworkState> collected = record.collected();
      return new NetworkState(
          Nd4j.concat(0, end.weights(), collected.get(0).weights(), collected.get(1).weights()),
          end.runningStatistics(),
          Nd4j.empty(end.weights().dataType()));
    }
  }

  /** The networks of a run, open. */
  private static final class Bench implements AutoCloseable {

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

    Bench(Pair pair, Pair other, Architecture architecture, RunContext context) {
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
    }

    /** The rows to be, in the order of the table. */
    List<Supplier<BenchmarkRow>> methods() {
      long forgotten = split.forget().size();
      long steps = (long) settings.epochs() * split.retained().size();
      BatchOrder order = split.order();
      List<Supplier<BenchmarkRow>> all = new ArrayList<>();
      all.add(() -> row(NOTHING, Double.NaN, 0, original::copy));
      all.add(() -> row(RETRAINING, Double.NaN, steps, retrained::copy));
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
      for (Contender contender : Contender.all(split)) {
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
          contender.gradients(),
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
}
