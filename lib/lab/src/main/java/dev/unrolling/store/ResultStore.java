package dev.unrolling.store;

import dev.unrolling.data.AtomicFile;
import dev.unrolling.data.Checksums;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.training.saved.SavedRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;
import tech.tablesaw.api.Table;

/**
 * Results on disk, a folder a run, named by the hash of what decides its numbers:
 *
 * <pre>
 * fine-tuning/3f9c0e62d1a84b57/settings.json     what was asked for
 *                              result.csv        the table
 *                              provenance.json   device, versions, times
 *                              checkpoint.bin    while it is not finished
 * start/...                    state.bin         pre-trained weights that runs share
 * </pre>
 *
 * <p>A finished run is never computed again. One that was cut off, by whatever, goes on from its
 * last checkpoint and ends with the same bytes (on a CPU, with the same number of threads). Files
 * are written whole or not at all, and carry sums that are checked when they are read: a run whose
 * files are missing, damaged or not its own counts as not finished, and is computed again. Two
 * processes may use one store: a run is computed by one of them, and the other waits for it.
 */
public final class ResultStore {

  /** Environment variable that names the folder of the store. */
  public static final String VARIABLE = "UNROLLING_RESULTS";

  /** Time between two checkpoints unless said otherwise. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(30);

  /** Name of the file that keeps the state of a run that is not finished. */
  public static final String CHECKPOINT = "checkpoint.bin";

  /** What a folder under {@code start/} holds its state in. */
  public static final String STATE = "state.bin";

  private final Path folder;
  private final Duration interval;

  /**
   * A store that saves a run's state every 30 seconds.
   *
   * @param folder made when first written to
   */
  public ResultStore(Path folder) {
    this(folder, DEFAULT_INTERVAL);
  }

  private ResultStore(Path folder, Duration interval) {
    this.folder = folder;
    this.interval = interval;
  }

  /** This store with another time between checkpoints; zero saves at every step. */
  public ResultStore withCheckpointInterval(Duration time) {
    return new ResultStore(folder, time);
  }

  /** Where it is. */
  public Path folder() {
    return folder;
  }

  /** Time between two checkpoints. */
  public Duration checkpointInterval() {
    return interval;
  }

  /** The folder of a run. */
  public Path folder(RunKey key) {
    return folder.resolve(key.computation()).resolve(key.hash());
  }

  /** The table of a finished run; empty if it is not finished, or its files are damaged. */
  public Optional<Table> find(RunKey key, Class<? extends Record> rows) {
    return find(key, rows, line -> {});
  }

  /** The same, told in a line of a result that is damaged. */
  public Optional<Table> find(RunKey key, Class<? extends Record> rows, Consumer<String> progress) {
    return csv(key, progress).map(csv -> RecordTable.readCsv(rows, csv));
  }

  /** The same as the text that is kept: {@link RecordTable#joined} reads many at once. */
  public Optional<String> csv(RunKey key, Consumer<String> progress) {
    StoredResult there = StoredResult.read(folder(key), key);
    if (!there.damage().isEmpty()) {
      progress.accept(there.damage());
    }
    return there.provenance().map(found -> there.csv());
  }

  /** Where the result of a finished run comes from. */
  public Optional<Provenance> provenance(RunKey key) {
    return StoredResult.read(folder(key), key).provenance();
  }

  /** What is wrong with a result that is there and cannot be trusted, in a line; else empty. */
  public Optional<String> damage(RunKey key) {
    return Optional.of(StoredResult.read(folder(key), key).damage()).filter(d -> !d.isEmpty());
  }

  /** Whether a run has begun and is not finished. */
  public boolean isBegun(RunKey key) {
    return sittings(folder(key)).isBegun() && provenance(key).isEmpty();
  }

  /**
   * The table of a run: found, or computed and kept. What is damaged is computed again.
   *
   * @param rows type of the rows
   * @param engine that computes
   * @param progress told if another process computes the run, and of damage
   * @param compute given the folder in which the run may keep its state
   * @throws UncheckedIOException if the store cannot be written to
   * @throws CancellationException if interrupted; a run that has taken its last step is kept
   */
  public <R extends Record> Table get(
      RunKey key,
      Class<R> rows,
      Engine engine,
      Consumer<String> progress,
      Function<Path, List<R>> compute) {
    return RecordTable.readCsv(rows, csv(key, rows, engine, progress, compute));
  }

  /** The same as the text that is kept. */
  public <R extends Record> String csv(
      RunKey key,
      Class<R> rows,
      Engine engine,
      Consumer<String> progress,
      Function<Path, List<R>> compute) {
    Path run = folder(key);
    StoredResult there = StoredResult.read(run, key);
    if (there.isFinished()) {
      return there.csv();
    }
    try (FolderLock lock = FolderLock.acquire(run, progress)) {
      // Another process may have finished it meanwhile.
      there = StoredResult.read(run, key);
      if (there.isFinished()) {
        return there.csv();
      }
      if (!there.damage().isEmpty()) {
        progress.accept("computes again: " + there.damage());
      }
      AtomicFile.sweep(run);
      StoreFiles.write(run.resolve(StoredResult.SETTINGS), SettingsJson.write(key) + "\n");
      List<Instant> sittings = sittings(run).begin();
      List<R> computed = compute(run, progress, compute);
      String csv = RecordTable.csv(RecordTable.of(key.computation(), rows, computed));
      boolean interrupted = Thread.interrupted();
      StoreFiles.write(run.resolve(StoredResult.RESULT), csv);
      Provenance provenance =
          Provenance.of(
              key.data(), engine, sittings.get(0), sittings.size(), Checksums.sha256(csv));
      StoreFiles.write(run.resolve(StoredResult.PROVENANCE), provenance.toJson() + "\n");
      Files.deleteIfExists(run.resolve(CHECKPOINT));
      sittings(run).end();
      stopIf(interrupted, run);
      return csv;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the run in " + run + ": " + e, e);
    }
  }

  private static <R> R compute(Path run, Consumer<String> progress, Function<Path, R> compute)
      throws IOException {
    try {
      return compute.apply(run);
    } catch (ForeignState foreign) {
      progress.accept("begins afresh: " + foreign.getMessage());
      Files.delete(run.resolve(CHECKPOINT));
      return compute.apply(run);
    }
  }

  /**
   * A state of a network: found, or computed and kept. Its folder holds settings and state alone.
   *
   * @param progress told if another process computes it, and of damage
   * @param compute given the folder in which it may keep its own state on the way
   */
  public NetworkState state(
      RunKey key, Consumer<String> progress, Function<Path, NetworkState> compute) {
    Path run = folder(key);
    Path file = run.resolve(STATE);
    Optional<NetworkState> there = load(file, key, line -> {});
    if (there.isPresent()) {
      return there.get();
    }
    try (FolderLock lock = FolderLock.acquire(run, progress)) {
      there = load(file, key, progress);
      if (there.isPresent()) {
        return there.get();
      }
      AtomicFile.sweep(run);
      StoreFiles.write(run.resolve(StoredResult.SETTINGS), SettingsJson.write(key) + "\n");
      NetworkState state = compute(run, progress, compute);
      boolean interrupted = Thread.interrupted();
      StoreFiles.keep(new SavedRun(0, key.hash(), List.of(state)), file);
      Files.deleteIfExists(run.resolve(CHECKPOINT));
      stopIf(interrupted, run);
      return state;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the state in " + run + ": " + e, e);
    }
  }

  private static Optional<NetworkState> load(Path file, RunKey key, Consumer<String> progress) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(SavedRun.load(file, key.hash()).networks().get(0));
    } catch (IOException damaged) {
      progress.accept("computes again: " + damaged.getMessage());
      return Optional.empty();
    }
  }

  // While its interrupt flag is up, a thread cannot write to files: what is done is kept first.
  private static void stopIf(boolean interrupted, Path run) {
    if (interrupted) {
      throw new CancellationException("interrupted once all was kept in " + run);
    }
  }

  private static SittingLog sittings(Path run) {
    return new SittingLog(run.resolve("sittings.txt"));
  }
}
