package dev.unrolling.cli;

import dev.unrolling.cli.options.ExperimentOptions;
import dev.unrolling.experiment.Experiment;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs every combination of a grid, or one of them. */
@Command(
    name = "sweep",
    description = {
      "Run every combination of a grid of settings, or one task of it: for arrays on a cluster.",
      "The grid is a JSON file that gives each setting a list of values, e.g. {\"gamma\": [0, 5],"
          + " \"seed\": [0, 1, 2]}: six tasks, numbered from 0, the last name counting fastest. All"
          + " tasks may use one store. --seeds runs each combination with each seed, the seed counting"
          + " fastest of all."
    },
    footer = {"", "Example: unrolling sweep E1 --grid grid.json --task 3"})
final class SweepCommand implements Callable<Integer> {

  @Mixin private ExperimentOptions options;

  @Parameters(paramLabel = "ID", description = "e.g. E1; \"unrolling list\" names all.")
  private String id;

  @Option(
      names = "--grid",
      required = true,
      paramLabel = "FILE",
      description = "JSON file with a list of values a setting.")
  private Path grid;

  @Option(names = "--task", paramLabel = "N", description = "Run this task alone, counted from 0.")
  private Integer task;

  @Option(names = "--count", description = "Print the number of tasks and run nothing.")
  private boolean count;

  @Override
  public Integer call() {
    return sweep(options.experiment(id));
  }

  private <S extends Record> int sweep(Experiment<S> experiment) {
    List<S> tasks = options.runs(experiment, grid);
    if (count) {
      options.out().println(tasks.size());
      return 0;
    }
    if (task == null) {
      return Runs.of(options, experiment, tasks);
    }
    if (task < 0 || task >= tasks.size()) {
      throw options.refusal(
          "--task must be from 0 to " + (tasks.size() - 1) + " in this grid, not " + task);
    }
    return Runs.of(options, experiment, List.of(tasks.get(task)));
  }
}
