package dev.unrolling.cli;

import dev.unrolling.engine.Engine;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.Runner;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** Computes runs with progress on standard error, and prints where their results are. */
final class Runs {

  private Runs() {}

  static <S extends Record> int of(
      CommandSpec spec, ExperimentOptions options, Experiment<S> experiment, List<S> runs) {
    try (ProgressBar progress = ProgressBar.onStandardError();
        Interruption interruption = new Interruption()) {
      Runner runner = options.runner(experiment, progress);
      runner.run(experiment.computation(), runs);
    }
    Engine engine = options.engine(experiment);
    for (S run : runs) {
      spec.commandLine()
          .getOut()
          .println(
              options.store().folder(options.key(experiment, engine, run)).resolve("result.csv"));
    }
    return 0;
  }
}
