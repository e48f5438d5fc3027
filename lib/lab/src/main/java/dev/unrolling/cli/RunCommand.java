package dev.unrolling.cli;

import dev.unrolling.cli.options.ExperimentOptions;
import dev.unrolling.experiment.Experiment;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Runs an experiment. */
@Command(
    name = "run",
    description = {
      "Run an experiment: all its runs at the scale, or those that the options leave.",
      "What is finished is not computed again; what was cut off goes on. Ctrl-C stops at the next"
          + " step and keeps the state."
    },
    footer = {"", "Example: unrolling run E1 --scale desk --set gamma=5 --seeds 0..2"})
final class RunCommand implements Callable<Integer> {

  @Mixin private ExperimentOptions options;

  @Parameters(paramLabel = "ID", description = "e.g. E1; \"unrolling list\" names all.")
  private String id;

  @Override
  public Integer call() {
    return run(options.experiment(id));
  }

  private <S extends Record> int run(Experiment<S> experiment) {
    return Runs.of(options, experiment, options.runs(experiment));
  }
}
