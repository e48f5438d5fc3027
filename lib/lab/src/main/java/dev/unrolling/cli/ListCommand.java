package dev.unrolling.cli;

import dev.unrolling.cli.options.ExperimentOptions;
import dev.unrolling.data.DataException;
import dev.unrolling.engine.Engine;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.settings.Scale;
import dev.unrolling.store.ResultStore;
import dev.unrolling.store.RunKey;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
    int status = 0;
    for (Experiment<?> experiment : options.experiments()) {
      Optional<String> trouble = trouble(experiment);
      if (trouble.isPresent()) {
        options.err().println("error: " + experiment.id() + ": " + trouble.get());
        status = 1;
      } else {
        options.out().println(line(experiment));
      }
    }
    return status;
  }

  /** Whatever the state of one experiment's data, the others are listed. */
  private <S extends Record> Stream<RunKey> key(Experiment<S> experiment, Engine engine, S run) {
    try {
      return Stream.of(options.key(experiment, engine, run));
    } catch (DataException damaged) {
      return Stream.empty();
    }
  }

  /** Why an experiment has no runs, such as a method of the user's own that cannot be used. */
  private Optional<String> trouble(Experiment<?> experiment) {
    Scale scale = options.scale();
    try {
      experiment.runs().apply(scale);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  private <S extends Record> String line(Experiment<S> experiment) {
    List<S> runs = options.runs(experiment);
    Engine engine = options.engine(experiment);
    ResultStore store = options.store();
    List<RunKey> keys = runs.stream().flatMap(run -> key(experiment, engine, run)).toList();
    long finished = keys.parallelStream().filter(key -> store.provenance(key).isPresent()).count();
    return String.format(
        Locale.ROOT,
        "%-4s  %-52s %3d of %3d runs finished",
        experiment.id(),
        experiment.title(),
        finished,
        runs.size());
  }
}
