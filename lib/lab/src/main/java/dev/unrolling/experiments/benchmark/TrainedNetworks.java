package dev.unrolling.experiments.benchmark;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiment.StateListener;
import dev.unrolling.model.Architecture;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Trains the networks of a run, each once for all runs that have it in common. */
final class TrainedNetworks {

  /** Nothing beside the states of a stopped training. */
  private record Notes() {}

  /**
   * M and the record of its run.
   *
   * @param original state of M
   * @param record what {@link RunRecord#collected} gave
   */
  record Recorded(NetworkState original, List<NetworkState> record) {}

  private final Architecture architecture;
  private final RunContext context;

  TrainedNetworks(Architecture architecture, RunContext context) {
    this.architecture = architecture;
    this.context = context;
  }

  /** M', trained on what stays. */
  NetworkState retrained(BenchmarkSplit split) {
    return trained(
        BenchmarkExperiment.RETRAINING, split, split.retrainedOrder(), split.retrainedSchedule());
  }

  /** M, without a record. */
  NetworkState original(BenchmarkSplit split) {
    return trained(BenchmarkExperiment.NOTHING, split, split.order(), split.settings().schedule());
  }

  /**
   * A shadow model, of a half of the examples, from the run's initial weights: the same whatever is
   * forgotten.
   *
   * @param number from 0
   */
  NetworkState shadow(BenchmarkSplit split, int number) {
    return context
        .shared()
        .get(
            BenchmarkTraining.ofAnyForgetSet("shadow model " + number, split.settings()),
            train("shadow model", split, split.shadowOrder(number), split.settings().schedule()));
  }

  private NetworkState trained(
      String name, BenchmarkSplit split, BatchOrder order, Schedule schedule) {
    return context
        .shared()
        .get(BenchmarkTraining.of(name, split.settings()), train(name, split, order, schedule));
  }

  private Function<RunContext, NetworkState> train(
      String name, BenchmarkSplit split, BatchOrder order, Schedule schedule) {
    return work -> {
      try (Network network = work.engine().network(architecture, split.settings().seed())) {
        return work.train(network, trainer(name, split, work).withSchedule(schedule), order);
      }
    };
  }

  private static SgdTrainer trainer(String name, BenchmarkSplit split, RunContext work) {
    return new SgdTrainer(split.settings().objective(), split.settings().schedule())
        .withProgress(work.reporter(name));
  }

  /** M and the record of its run, which takes a Hessian product a step. */
  Recorded recorded(BenchmarkSplit split) {
    NetworkState together =
        context
            .shared()
            .get(
                BenchmarkTraining.of("with the record of its run", split.settings()),
                work -> record(split, work));
    int size = Math.toIntExact(architecture.parameters().size());
    double[] vectors = together.weights().toDoubleVector();
    List<INDArray> parts =
        IntStream.range(0, 3)
            .mapToObj(
                i -> Nd4j.createFromArray(Arrays.copyOfRange(vectors, i * size, (i + 1) * size)))
            .map(INDArray.class::cast)
            .toList();
    return new Recorded(
        new NetworkState(parts.get(0), together.runningStatistics(), together.velocity()),
        List.of(NetworkState.of(parts.get(1)), NetworkState.of(parts.get(2))));
  }

  /** Gives the weights and both vectors in one. */
  private NetworkState record(BenchmarkSplit split, RunContext work) {
    try (Network network = work.engine().network(architecture, split.settings().seed());
        RunRecord record = new RunRecord(network, split.forget())) {
      int first =
          work.resume()
              .map(
                  stopped -> {
                    network.restore(stopped.networks().get(0));
                    record.resume(network, stopped.networks().subList(1, 3));
                    return stopped.step();
                  })
              .orElse(0);
      trainer("training", split, work)
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
                    return work.savedRun(step.stepsDone(), states, new Notes());
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
