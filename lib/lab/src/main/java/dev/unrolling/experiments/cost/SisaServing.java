package dev.unrolling.experiments.cost;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiment.StateKeeper;
import dev.unrolling.training.TrainingInterruptedException;
import dev.unrolling.training.saved.SavedRun;
import dev.unrolling.unlearning.sisa.Sisa;
import dev.unrolling.unlearning.sisa.SisaState;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * SISA's part of a run of {@link ForgettingCost}: its shards are trained, then it serves requests.
 * Its state is kept between two shards and between two requests. So a kill costs the shard or the
 * request under way, beside those that ended since the last checkpoint; an interrupt costs the one
 * under way alone.
 */
final class SisaServing {

  /** What a stopped run has beside the states of the constituents. */
  private record Notes(
      long trainingGradients,
      List<Integer> forgotten,
      List<SisaRun.Accuracies> before,
      List<Sisa.Forgetting> served) {}

  private final Sisa sisa;
  private final List<int[]> requests;
  private final Batch test;
  private final RunContext context;
  private final List<SisaRun.Accuracies> before = new ArrayList<>();
  private final List<Sisa.Forgetting> served = new ArrayList<>();

  /**
   * @param sisa not yet trained; read and moved, not owned
   * @param requests one after the other
   * @param test examples for the accuracies
   * @param context of the run
   */
  SisaServing(Sisa sisa, List<int[]> requests, Batch test, RunContext context) {
    this.sisa = sisa;
    this.requests = requests;
    this.test = test;
    this.context = context;
  }

  /** Trains and serves what is left to train and to serve, and looks at the accuracies. */
  SisaRun run() {
    context.resume().ifPresent(this::resume);
    StateKeeper keeper = new StateKeeper(context);
    try {
      while (!sisa.isTrained()) {
        report("trains shard", sisa.shardsTrained(), sisa.partition().shards());
        sisa.trainNextShard();
        keeper.keepIfDue(this::state);
      }
      if (before.isEmpty()) {
        before.add(SisaRun.Accuracies.of(sisa, test));
      }
      while (served.size() < requests.size()) {
        report("serves request", served.size(), requests.size());
        served.add(sisa.forget(requests.get(served.size())));
        keeper.keepIfDue(this::state);
      }
    } catch (TrainingInterruptedException interrupted) {
      keeper.keep(this::state);
      throw interrupted;
    }
    return SisaRun.of(sisa, before.get(0), served, test);
  }

  private void report(String does, int done, int of) {
    context.progress().accept("SISA " + does + " " + (done + 1) + " of " + of);
  }

  private SavedRun state() {
    SisaState state = sisa.state();
    List<NetworkState> states =
        state.shards().stream()
            .flatMap(shard -> Stream.concat(Stream.of(shard.end()), shard.beforeSlices().stream()))
            .toList();
    return context.savedRun(
        sisa.shardsTrained() + served.size(),
        states,
        new Notes(
            state.trainingGradients(),
            state.forgotten(),
            List.copyOf(before),
            List.copyOf(served)));
  }

  private void resume(SavedRun stopped) {
    Notes notes = RunContext.notes(stopped, Notes.class);
    List<NetworkState> states = stopped.networks();
    int slices = sisa.partition().slices();
    List<SisaState.Shard> shards =
        IntStream.range(0, states.size() / slices)
            .mapToObj(shard -> states.subList(shard * slices, (shard + 1) * slices))
            .map(of -> new SisaState.Shard(of.get(0), of.subList(1, slices)))
            .toList();
    sisa.resume(new SisaState(notes.trainingGradients(), notes.forgotten(), shards));
    before.addAll(notes.before());
    served.addAll(notes.served());
  }
}
