package dev.unrolling.cli;

import dev.unrolling.cli.options.ExperimentOptions;
import dev.unrolling.data.DataException;
import dev.unrolling.engine.Engine;
import dev.unrolling.experiment.Experiment;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the experiments, and how many of their runs are finished. */
@Command(
    name = "list",
    description = "List the experiments, and how many of their runs are finished.",
    footer = {"", "Example: unrolling list --scale paper"})
final class ListCommand implements Callable<Integer> {

  @Mixin private ExperimentOptions options;

  @Override
  public Integer call() {
    for (Experiment<?> experiment : options.experiments()) {
      options.out().println(line(experiment));
    }
    return 0;
  }

  /** Whatever the state of one experiment's data, the others are listed. */
  private <S extends Record> boolean isFinished(Experiment<S> experiment, Engine engine, S run) {
    try {
      return options.store().provenance(options.key(experiment, engine, run)).isPresent();
    } catch (DataException damaged) {
      return false;
    }
  }

  private <S extends Record> String line(Experiment<S> experiment) {
    List<S> runs = options.runs(experiment);
    Engine engine = options.engine(experiment);
    long finished = runs.stream().filter(run -> isFinished(experiment, engine, run)).count();
    return String.format(
        Locale.ROOT,
        "%-4s  %-52s %3d of %3d runs finished",
        experiment.id(),
        experiment.title(),
        finished,
        runs.size());
  }
}
