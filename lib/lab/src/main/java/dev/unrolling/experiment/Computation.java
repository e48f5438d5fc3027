package dev.unrolling.experiment;

import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.store.RecordTable;
import dev.unrolling.store.ResultStore;
import dev.unrolling.store.RunKey;
import java.util.List;

/**
 * What a {@link Runner} runs and a {@link ResultStore} keeps: settings in, rows of a table out. The
 * same settings on the same engine give the same rows.
 *
 * @param <S> settings of a run
 * @param <R> a row of its table; {@link RecordTable} makes the columns
 */
public interface Computation<S extends Record, R extends Record> {

  /** Names the runs' folders, e.g. {@code "fine-tuning"}. */
  String name();

  /** Goes up, from 1, when the same settings give other numbers than before. */
  default int version() {
    return 1;
  }

  /** Name of the data set that a run reads (see {@link DataSets}); what it holds is in the key. */
  String data(S settings);

  /** The rows' type. */
  Class<R> rowType();

  /**
   * What runs have in common that should be computed once; those of the same group follow each
   * other. By default each run is a group.
   */
  default Object group(S settings) {
    return settings;
  }

  /**
   * The key of a run on an engine.
   *
   * @throws IllegalArgumentException if there is no data set of the name that the settings give
   * @throws dev.unrolling.data.DataException if it cannot be told which data these are
   */
  default RunKey key(Engine engine, DataSets data, S settings) {
    return RunKey.of(name(), version(), engine, data.identity(data(settings)), settings);
  }

  /**
   * Runs.
   *
   * @param settings of the run
   * @param context engine, data, and where to keep the state
   */
  List<R> run(S settings, RunContext context);
}
