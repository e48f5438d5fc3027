package dev.unrolling.cli;

import dev.unrolling.cli.options.ExperimentOptions;
import dev.unrolling.engine.Engine;
import dev.unrolling.experiment.CommittedResults;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.store.Provenance;
import dev.unrolling.store.RunKey;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the finished runs of an experiment as one table, for the notebooks to draw. */
@Command(
    name = "export",
    description = {
      "Write the finished runs of an experiment as one table, DIR/SCALE/ID.csv, and beside it"
          + " where each run comes from, ID.json.",
      "Notebooks draw the tables of notebooks/results beside their own runs."
    },
    footer = {"", "Example: unrolling export E1 --scale desk --to notebooks/results"})
final class ExportCommand implements Callable<Integer> {

  @Mixin private ExperimentOptions options;

  @Parameters(paramLabel = "ID", description = "e.g. E1; \"unrolling list\" names all.")
  private String id;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      description = "Folder of the tables: ${DEFAULT-VALUE}.")
  private Path to = Path.of("notebooks", "results");

  @Override
  public Integer call() {
    return export(options.experiment(id));
  }

  private <S extends Record> int export(Experiment<S> experiment) {
    List<S> runs = options.runs(experiment);
    var table =
        options.runner(experiment, options.err()::println).finished(experiment.computation(), runs);
    if (table.isEmpty()) {
      throw new IllegalStateException(
          "no run of " + experiment.id() + " is finished; \"unrolling run\" computes them");
    }
    Engine engine = options.engine(experiment);
    Map<String, Provenance> provenances = new TreeMap<>();
    for (S run : runs) {
      RunKey key = options.key(experiment, engine, run);
      options.store().provenance(key).ifPresent(found -> provenances.put(key.hash(), found));
    }
    Path csv =
        new CommittedResults(to).write(experiment.id(), options.scale(), table.get(), provenances);
    options.out().println(csv);
    return 0;
  }
}
