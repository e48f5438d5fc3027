package dev.unrolling.cli;

import dev.unrolling.cli.options.ExperimentOptions;
import dev.unrolling.cli.progress.InterruptHandler;
import dev.unrolling.cli.progress.ProgressBar;
import dev.unrolling.engine.Engine;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.Runner;
import java.util.List;

/** Computes runs with progress on standard error, and prints where their results are. */
final class Runs {

  private Runs() {}

  static <S extends Record> int of(
      ExperimentOptions options, Experiment<S> experiment, List<S> runs) {
    try (ProgressBar progress = ProgressBar.onStandardError();
        InterruptHandler interruption = new InterruptHandler()) {
      Runner runner = options.runner(experiment, progress);
      runner.run(experiment.computation(), runs);
    }
    Engine engine = options.engine(experiment);
    for (S run : runs) {
      options
          .out()
          .println(
              options.store().folder(options.key(experiment, engine, run)).resolve("result.csv"));
    }
    return 0;
  }
}
