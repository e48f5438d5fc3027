package dev.unrolling.experiments.benchmark;

import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiment.StateKeeper;
import dev.unrolling.experiment.StateListener;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
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
  record Pair(
      ForgetSplit split,
      NetworkState original,
      NetworkState retrained,
      List<NetworkState> record) {}

  @Override
  public String name() {
    return "benchmark";
  }

  /**
   * Since 2 a masked method keeps its other weights by its direction, and ascent is on its loop;
   * since 3 rows have a relearn time.
   */
  @Override
  public int version() {
    return 3;
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
}
