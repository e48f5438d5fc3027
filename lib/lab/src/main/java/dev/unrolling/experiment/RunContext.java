package dev.unrolling.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.StrictJson;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architecture;
import dev.unrolling.store.ForeignState;
import dev.unrolling.store.ResultStore;
import dev.unrolling.store.StoreFiles;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.saved.SavedRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What a run works with.
 *
 * @param engine that computes
 * @param data finds data sets
 * @param progress told in a line how far it is
 * @param key names the run in its checkpoints
 * @param folder where the run keeps its state until it is done; empty to keep none
 * @param checkpointInterval time between two checkpoints; zero to save at every step
 * @param shared finds or computes a state that several runs start from
 * @param runner runs what this run rests on, one after another, with the same engine, data and
 *     store
 * @param partsAtOnce how many independent parts of the run are computed at once, at least 1
 */
public record RunContext(
    Engine engine,
    DataSets data,
    Consumer<String> progress,
    String key,
    Optional<Path> folder,
    Duration checkpointInterval,
    SharedStates shared,
    Runner runner,
    int partsAtOnce) {

  /** States of networks that several runs start from, each computed once. */
  @FunctionalInterface
  public interface SharedStates {
    /**
     * Finds a state, or computes and keeps it.
     *
     * @param settings that decide it, beside engine, device, threads and precision
     * @param precision in which it is computed; that of the run if empty
     * @param compute given a context of its own, whose engine has the precision
     * @throws IllegalArgumentException if the device does not have the precision, saying which it
     *     has; or if it is {@link Precision#TF32} and other runs share the process
     */
    NetworkState get(
        Record settings, Optional<Precision> precision, Function<RunContext, NetworkState> compute);

    /** The same in the precision of the run. */
    default NetworkState get(Record settings, Function<RunContext, NetworkState> compute) {
      return get(settings, Optional.empty(), compute);
    }
  }

  /** Where this run stopped; empty if it is to begin, or what was kept cannot be used. */
  public Optional<SavedRun> resume() {
    Optional<Path> file =
        folder.map(f -> f.resolve(ResultStore.CHECKPOINT)).filter(Files::isRegularFile);
    try {
      return file.isPresent() ? Optional.of(SavedRun.load(file.get(), key)) : Optional.empty();
    } catch (IOException e) {
      progress.accept("begins afresh: " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Keeps the state of the run, in place of an earlier one.
   *
   * @throws UncheckedIOException naming cause, file and way out; the earlier state is kept
   */
  public void save(SavedRun saved) {
    folder.ifPresent(f -> StoreFiles.keep(saved, f.resolve(ResultStore.CHECKPOINT)));
  }

  /**
   * A state of this run.
   *
   * @param step number of steps taken
   * @param states of networks, and vectors as {@link NetworkState#of} takes them
   * @param notes what else it needs to go on; numbers in them keep all their bits
   */
  public SavedRun savedRun(int step, List<NetworkState> states, Record notes) {
    try {
      return new SavedRun(step, key, states, StrictJson.mapper().writeValueAsString(notes));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write the state of the run", e);
    }
  }

  /**
   * The notes of a state that {@link #savedRun} gave.
   *
   * @throws ForeignState if they are others; {@link ResultStore} then has the run begin afresh
   */
  public static <N extends Record> N notes(SavedRun stopped, Class<N> type) {
    try {
      N notes = StrictJson.mapper().readValue(stopped.notes(), type);
      if (notes == null) {
        throw new ForeignState();
      }
      return notes;
    } catch (JsonProcessingException e) {
      throw new ForeignState(e);
    }
  }

  /** A network in a state that {@link #shared} gave. */
  public Network network(Architecture architecture, NetworkState state) {
    Network network = engine.network(architecture, state.weights());
    network.restore(state);
    return network;
  }

  /**
   * Trains a network on its own, from where this run stopped; there is nothing else in the run.
   *
   * @param network at its start; moved
   * @return its state at the end
   */
  public NetworkState train(Network network, SgdTrainer trainer, BatchOrder order) {
    Optional<SavedRun> stopped = resume();
    stopped.ifPresent(state -> network.restore(state.networks().get(0)));
    trainer
        .withFirstStep(stopped.map(SavedRun::step).orElse(0))
        .train(
            network,
            order,
            new StateListener(
                this, step -> new SavedRun(step.stepsDone(), key, List.of(network.saveState()))));
    return network.saveState();
  }

  /**
   * Computes independent parts of the run, as many at once as it may, each by a thread of its own.
   * As soon as one fails, or the run is interrupted, the others are stopped.
   */
  public void inParallel(List<Runnable> parts) {
    ParallelTasks.run(partsAtOnce, parts);
  }

  /** Reports steps in a line. */
  public SgdTrainer.Progress reporter(String what) {
    return (done, of, loss) ->
        progress.accept(
            String.format(Locale.ROOT, "%s, step %d of %d, loss %.3f", what, done, of, loss));
  }
}
