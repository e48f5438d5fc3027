package dev.unrolling.experiment;

import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Precision;
import dev.unrolling.store.RecordTable;
import dev.unrolling.store.ResultStore;
import dev.unrolling.store.RunKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import tech.tablesaw.api.Table;

/**
 * Runs the settings of a computation, one after another or a few at once, and keeps the results if
 * it is given a store. Immutable.
 *
 * <pre>{@code
 * Table table = new Runner(engine, data, System.out::println)
 *     .withStore(new ResultStore(Path.of("out/runs")))
 *     .run(new FineTuning(), FineTuningGrids.grid(Scale.QUICK));
 * }</pre>
 */
public final class Runner {

  private final Engine engine;
  private final DataSets data;
  private final Consumer<String> progress;
  private final Optional<ResultStore> store;
  private final int runsAtOnce;
  private final int runsInProcess;

  /**
   * One run at a time, nothing kept.
   *
   * @param engine that computes
   * @param data finds the data sets that settings name
   * @param progress told in a line how far it is; called by each run's own thread
   */
  public Runner(Engine engine, DataSets data, Consumer<String> progress) {
    this(engine, data, progress, Optional.empty(), 1, 1);
  }

  private Runner(
      Engine engine,
      DataSets data,
      Consumer<String> progress,
      Optional<ResultStore> store,
      int runsAtOnce,
      int runsInProcess) {
    if (runsAtOnce < 1) {
      throw new IllegalArgumentException("at least 1 run at once, not " + runsAtOnce);
    }
    this.engine = engine;
    this.data = data;
    this.progress = progress;
    this.store = store;
    this.runsAtOnce = runsAtOnce;
    this.runsInProcess = runsInProcess;
  }

  /** This runner keeping results, and taking those that are there. */
  public Runner withStore(ResultStore kept) {
    return new Runner(engine, data, progress, Optional.of(kept), runsAtOnce, runsInProcess);
  }

  /** This runner telling somebody else how far it is. */
  public Runner withProgress(Consumer<String> told) {
    return new Runner(engine, data, told, store, runsAtOnce, runsInProcess);
  }

  /**
   * This runner with several runs at once, each on its share of the engine's threads: faster for
   * small networks. Where it is given fewer runs than that, independent parts of a run are computed
   * at once too.
   *
   * @param runs at least 1; 1 in {@link Precision#TF32}
   */
  public Runner withRunsAtOnce(int runs) {
    checkTurns(engine.precision(), runs);
    Engine share = engine.withThreads(Math.max(1, engine.threads() / Math.max(1, runs)));
    return new Runner(share, data, progress, store, runs, runs);
  }

  private static void checkTurns(Precision precision, int runs) {
    if (runs > 1 && precision == Precision.TF32) {
      throw new IllegalArgumentException(
          "runs in tf32 take turns: a process rounds so or does not, and one run's steps would"
              + " coarsen another's measures; 1 at once, not "
              + runs);
    }
  }

  /**
   * Runs each setting.
   *
   * @return the runs' tables, one under the other, with a first column {@code run} that counts them
   *     from 0
   */
  public <S extends Record, R extends Record> Table run(
      Computation<S, R> computation, List<S> settings) {
    Map<Object, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < settings.size(); i++) {
      groups.computeIfAbsent(computation.group(settings.get(i)), k -> new ArrayList<>()).add(i);
    }
    int parts = Math.max(1, runsAtOnce / Math.max(1, groups.size()));
    List<String> csvs = new ArrayList<>(Collections.nCopies(settings.size(), null));
    ParallelTasks.run(
        runsAtOnce,
        groups.values().stream()
            .<Runnable>map(
                runs ->
                    () -> {
                      Map<RunKey, NetworkState> states = new ConcurrentHashMap<>();
                      for (int i : runs) {
                        String name = "run " + (i + 1) + " of " + settings.size();
                        csvs.set(i, one(computation, settings.get(i), name, states, parts));
                      }
                    })
            .toList());
    return RecordTable.joined(computation.name(), computation.rowType(), csvs);
  }

  /**
   * What the store has of some settings; nothing is computed, and what is damaged is left out.
   *
   * @return as {@link #run}, of those that are finished; empty if none is
   */
  public <S extends Record> Optional<Table> finished(
      Computation<S, ?> computation, List<S> settings) {
    List<String> csvs =
        settings.stream()
            .flatMap(
                one -> store.flatMap(kept -> kept.csv(key(computation, one), progress)).stream())
            .toList();
    return csvs.isEmpty()
        ? Optional.empty()
        : Optional.of(RecordTable.joined(computation.name(), computation.rowType(), csvs));
  }

  private <S extends Record> RunKey key(Computation<S, ?> computation, S settings) {
    return computation.key(engine, data, settings);
  }

  private <S extends Record, R extends Record> String one(
      Computation<S, R> computation,
      S settings,
      String name,
      Map<RunKey, NetworkState> states,
      int parts) {
    RunKey key = key(computation, settings);
    Function<Optional<Path>, List<R>> compute =
        folder ->
            computation.run(
                settings,
                context(
                    engine,
                    key,
                    folder,
                    name,
                    (s, p, work) -> shared(s, p, key, work, name, states),
                    parts));
    return store
        .map(
            kept ->
                kept.csv(
                    key,
                    computation.rowType(),
                    engine,
                    line -> progress.accept(name + ": " + line),
                    folder -> compute.apply(Optional.of(folder))))
        .orElseGet(
            () ->
                RecordTable.csv(
                    RecordTable.of(
                        computation.name(),
                        computation.rowType(),
                        compute.apply(Optional.empty()))));
  }

  /** In memory while the group runs; in the store, if there is one, for ever. */
  private NetworkState shared(
      Record settings,
      Optional<Precision> precision,
      RunKey run,
      Function<RunContext, NetworkState> work,
      String name,
      Map<RunKey, NetworkState> states) {
    Engine computing = precision.map(engine::withPrecision).orElse(engine);
    RunKey key = RunKey.of("start", 1, computing, run.data(), settings);
    NetworkState known = states.get(key);
    if (known != null) {
      return known;
    }
    checkTurns(computing.precision(), runsInProcess);
    RunContext.SharedStates none =
        (s, p, w) -> {
          throw new IllegalStateException("a shared state does not rest on another");
        };
    NetworkState state =
        store
            .map(
                kept ->
                    kept.state(
                        key,
                        line -> progress.accept(name + ": " + line),
                        folder ->
                            work.apply(
                                context(computing, key, Optional.of(folder), name, none, 1))))
            .orElseGet(() -> work.apply(context(computing, key, Optional.empty(), name, none, 1)));
    states.put(key, state);
    return state;
  }

  private RunContext context(
      Engine computing,
      RunKey key,
      Optional<Path> folder,
      String name,
      RunContext.SharedStates shared,
      int parts) {
    Consumer<String> told = line -> progress.accept(name + ": " + line);
    return new RunContext(
        computing,
        data,
        told,
        key.hash(),
        folder,
        store.map(ResultStore::checkpointInterval).orElse(Duration.ZERO),
        shared,
        new Runner(computing, data, told, store, 1, runsInProcess),
        parts);
  }
}
