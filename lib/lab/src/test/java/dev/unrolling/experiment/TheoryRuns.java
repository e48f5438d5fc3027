package dev.unrolling.experiment;

import dev.unrolling.data.Dataset;
import dev.unrolling.data.RealData;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import java.util.List;
import tech.tablesaw.api.Table;

/** Runs of the checks of theory in float64, each on one thread, nothing kept. */
public final class TheoryRuns {

  private static final Engine ENGINE = Engines.open("torch", "cpu", Precision.FLOAT64);

  private static final class Pictures {
    private static final Runner RUNNER =
        runner(DataSets.only(RealData.cifar10Train(), RealData.cifar10Test()));
  }

  private TheoryRuns() {}

  /** On CIFAR-10, whatever data set the settings name. */
  public static <S extends Record> Table of(Computation<S, ?> computation, List<S> settings) {
    return Pictures.RUNNER.run(computation, settings);
  }

  /** On a data set, whichever the settings name, for training and testing. */
  public static <S extends Record> Table on(
      Dataset data, Computation<S, ?> computation, List<S> settings) {
    return runner(DataSets.only(data, data)).run(computation, settings);
  }

  private static Runner runner(DataSets data) {
    return new Runner(ENGINE, data, line -> {}).withRunsAtOnce(ENGINE.threads());
  }
}
