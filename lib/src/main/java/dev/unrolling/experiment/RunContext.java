package dev.unrolling.experiment;

import dev.unrolling.engine.Engine;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.training.Checkpoint;
import dev.unrolling.training.SgdTrainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
 */
public record RunContext(
    Engine engine,
    DataSets data,
    Consumer<String> progress,
    String key,
    Optional<Path> folder,
    Duration checkpointInterval,
    SharedStates shared) {

  /** States of networks that several runs start from, each computed once. */
  @FunctionalInterface
  public interface SharedStates {
    /**
     * Finds a state, or computes and keeps it.
     *
     * @param settings that decide it
     * @param compute given a context of its own
     */
    NetworkState get(Record settings, Function<RunContext, NetworkState> compute);
  }

  private static final String CHECKPOINT = "checkpoint.bin";

  /** Where this run stopped; empty if it is to begin. */
  public Optional<Checkpoint> resume() {
    Optional<Path> file = folder.map(f -> f.resolve(CHECKPOINT)).filter(Files::exists);
    try {
      return file.isPresent() ? Optional.of(Checkpoint.load(file.get(), key)) : Optional.empty();
    } catch (IOException e) {
      progress.accept("begins afresh: " + e.getMessage());
      return Optional.empty();
    }
  }

  /** Keeps the state of the run, in place of an earlier one. */
  public void save(Checkpoint checkpoint) {
    folder.ifPresent(
        f -> {
          try {
            checkpoint.save(f.resolve(CHECKPOINT));
          } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the state of the run in " + f, e);
          }
        });
  }

  /** Reports steps in a line. */
  SgdTrainer.Progress reporter(String what) {
    return (done, of, loss) ->
        progress.accept(
            String.format(Locale.ROOT, "%s, step %d of %d, loss %.3f", what, done, of, loss));
  }
}
