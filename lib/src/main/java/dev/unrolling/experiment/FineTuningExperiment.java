package dev.unrolling.experiment;

import dev.unrolling.data.Dataset;
import dev.unrolling.engine.Engine;
import java.util.List;
import java.util.function.Consumer;
import tech.tablesaw.api.Table;

/** {@link FineTuning} on data of the caller's, kept nowhere; {@link Runner} does all of it. */
public final class FineTuningExperiment {

  private final Runner runner;

  /**
   * One run at a time.
   *
   * @param engine that computes
   * @param train where examples and forget batch come from, whatever the settings name
   * @param test for the accuracy
   * @param progress told in a line how far it is; called by each run's own thread
   */
  public FineTuningExperiment(
      Engine engine, Dataset train, Dataset test, Consumer<String> progress) {
    this(new Runner(engine, DataSets.only(train, test), progress));
  }

  private FineTuningExperiment(Runner runner) {
    this.runner = runner;
  }

  /** As {@link Runner#withRunsAtOnce}. */
  public FineTuningExperiment withRunsAtOnce(int runs) {
    return new FineTuningExperiment(runner.withRunsAtOnce(runs));
  }

  /** As {@link Runner#run}; the columns are those of {@link FineTuningRow}. */
  public Table run(List<FineTuningSettings> settings) {
    return runner.run(new FineTuning(), settings);
  }
}
