package dev.unrolling.experiment;

import dev.unrolling.data.AtomicFile;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.training.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
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
 * are written whole or not at all; a run whose files are missing or damaged counts as not finished.
 * Two processes may use one store: a run is computed by one of them, and the other waits for it.
 */
public final class ResultStore {

  /** Environment variable that names the folder of the store. */
  public static final String VARIABLE = "UNROLLING_RESULTS";

  /** Time between two checkpoints unless said otherwise. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(30);

  private static final String SETTINGS = "settings.json";
  private static final String RESULT = "result.csv";
  private static final String PROVENANCE = "provenance.json";
  private static final String SITTINGS = "sittings.txt";
  private static final String STATE = "state.bin";
  private static final String CHECKPOINT = "checkpoint.bin";

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

  /**
   * The table of a finished run; empty if it is not finished, or its files are damaged.
   *
   * @param rows type of the rows
   */
  public Optional<Table> find(RunKey key, Class<? extends Record> rows) {
    return provenance(key).map(p -> RecordTable.readCsv(rows, folder(key).resolve(RESULT)));
  }

  /** Where the result of a finished run comes from. */
  public Optional<Provenance> provenance(RunKey key) {
    Path run = folder(key);
    try {
      if (!Files.exists(run.resolve(SETTINGS)) || !Files.exists(run.resolve(PROVENANCE))) {
        return Optional.empty();
      }
      Provenance provenance = Provenance.fromJson(Files.readString(run.resolve(PROVENANCE)));
      String sum = RunKey.sha256(Files.readAllBytes(run.resolve(RESULT)));
      return Optional.of(provenance).filter(p -> p.sha256().equals(sum));
    } catch (IOException damaged) {
      return Optional.empty();
    }
  }

  /** Whether a run has begun and is not finished. */
  public boolean isBegun(RunKey key) {
    return Files.exists(folder(key).resolve(SITTINGS)) && provenance(key).isEmpty();
  }

  /**
   * The table of a run: found, or computed and kept.
   *
   * @param rows type of the rows
   * @param engine that computes
   * @param progress told if another process computes the run
   * @param compute given the folder in which the run may keep its state
   * @throws UncheckedIOException if the store cannot be written to
   * @throws CancellationException if interrupted; a run that has taken its last step is kept
   */
  <R extends Record> Table get(
      RunKey key,
      Class<R> rows,
      Engine engine,
      Consumer<String> progress,
      Function<Path, List<R>> compute) {
    Optional<Table> found = find(key, rows);
    if (found.isPresent()) {
      return found.get();
    }
    Path run = folder(key);
    try (FolderLock lock = FolderLock.acquire(run, progress)) {
      // Another process may have finished it meanwhile.
      if (find(key, rows).isEmpty()) {
        write(run.resolve(SETTINGS), SettingsJson.write(key) + "\n");
        List<String> sittings = begin(run);
        Table table = RecordTable.of(key.computation(), rows, compute.apply(run));
        boolean interrupted = Thread.interrupted();
        write(run.resolve(RESULT), RecordTable.csv(table));
        Provenance provenance =
            Provenance.of(
                engine,
                Instant.parse(sittings.get(0)),
                sittings.size(),
                RunKey.sha256(Files.readAllBytes(run.resolve(RESULT))));
        write(run.resolve(PROVENANCE), provenance.toJson() + "\n");
        Files.deleteIfExists(run.resolve(CHECKPOINT));
        Files.deleteIfExists(run.resolve(SITTINGS));
        stopIf(interrupted, run);
      }
      return find(key, rows).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the run in " + run + ": " + e, e);
    }
  }

  /**
   * A state of a network: found, or computed and kept. Its folder holds settings and state alone.
   *
   * @param progress told if another process computes it
   * @param compute given the folder in which it may keep its own state on the way
   */
  NetworkState state(RunKey key, Consumer<String> progress, Function<Path, NetworkState> compute) {
    Path run = folder(key);
    Path file = run.resolve(STATE);
    try (FolderLock lock = FolderLock.acquire(run, progress)) {
      if (Files.exists(file)) {
        try {
          return Checkpoint.load(file, key.hash()).networks().get(0);
        } catch (IOException damaged) {
          progress.accept("computes again: " + damaged.getMessage());
        }
      }
      write(run.resolve(SETTINGS), SettingsJson.write(key) + "\n");
      NetworkState state = compute.apply(run);
      boolean interrupted = Thread.interrupted();
      new Checkpoint(0, key.hash(), List.of(state)).save(file);
      Files.deleteIfExists(run.resolve(CHECKPOINT));
      stopIf(interrupted, run);
      return state;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the state in " + run + ": " + e, e);
    }
  }

  // While its interrupt flag is up, a thread cannot write to files: what is done is kept first.
  private static void stopIf(boolean interrupted, Path run) {
    if (interrupted) {
      throw new CancellationException("interrupted once all was kept in " + run);
    }
  }

  private static List<String> begin(Path run) throws IOException {
    Path file = run.resolve(SITTINGS);
    // The line of a sitting that was killed while it wrote it is dropped.
    List<String> before =
        Files.exists(file)
            ? Files.readAllLines(file).stream().filter(line -> line.endsWith("Z")).toList()
            : List.of();
    List<String> all = Stream.concat(before.stream(), Stream.of(Instant.now().toString())).toList();
    write(file, String.join("\n", all) + "\n");
    return all;
  }

  private static void write(Path file, String text) {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }
}
