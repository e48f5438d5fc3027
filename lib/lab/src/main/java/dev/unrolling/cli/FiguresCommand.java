package dev.unrolling.cli;

import dev.unrolling.cli.options.ExperimentOptions;
import dev.unrolling.experiment.CommittedResults;
import dev.unrolling.experiment.Experiment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tech.tablesaw.api.Table;

/** Draws the finished runs of experiments. */
@Command(
    name = "figures",
    description = {
      "Draw the finished runs of experiments: PNG (300 dpi) and SVG at column and page width, and a"
          + " CSV with exactly the plotted numbers.",
      "Nothing is computed; an experiment without a finished run is named and left out."
    },
    footer = {"", "Example: unrolling figures E1 E2 --scale paper --device cuda:0 --out figures"})
final class FiguresCommand implements Callable<Integer> {

  @Mixin private ExperimentOptions options;

  @Parameters(paramLabel = "ID", arity = "0..*", description = "e.g. E1; all if none is named.")
  private List<String> ids = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the figures: ${DEFAULT-VALUE}.")
  private Path out = Path.of("out", "figures");

  @Option(
      names = "--tables",
      paramLabel = "DIR",
      description =
          "Draw whole tables, DIR/SCALE/ID.csv, in place of the store's runs: those that \"unrolling"
              + " export\" writes, or notebooks/results.")
  private Path tables;

  @Override
  public Integer call() {
    List<Experiment<?>> wanted =
        ids.isEmpty()
            ? options.experiments()
            : ids.stream().<Experiment<?>>map(options::experiment).toList();
    wanted.forEach(this::draw);
    return 0;
  }

  private <S extends Record> void draw(Experiment<S> experiment) {
    Optional<Table> table =
        tables == null
            ? options
                .runner(experiment, options.err()::println)
                .finished(experiment.computation(), options.runs(experiment))
            : new CommittedResults(tables).table(experiment.id(), options.scale());
    if (table.isEmpty()) {
      options
          .err()
          .println(
              experiment.id()
                  + (tables == null
                      ? ": no run is finished; \"unrolling run\" computes them"
                      : ": " + tables + " has no table of the scale " + options.scale()));
      return;
    }
    experiment
        .figures(options.scale(), table.get())
        .forEach(
            (name, figure) -> {
              figure.saveForPrint(out, name);
              options.out().println(out.resolve(name + "-page.png"));
            });
  }
}
