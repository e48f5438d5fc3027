package dev.unrolling.cli;

import dev.unrolling.cli.options.ExperimentOptions;
import dev.unrolling.cli.options.SettingDifferences;
import dev.unrolling.engine.Engine;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.store.ResultStore;
import dev.unrolling.store.RunKey;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows an experiment's settings and the state of its runs. */
@Command(
    name = "show",
    description = "Show an experiment's base settings as JSON, and the state of each run.",
    footer = {"", "Example: unrolling show E2 --scale quick --set gamma=5"})
final class ShowCommand implements Callable<Integer> {

  @Mixin private ExperimentOptions options;

  @Parameters(paramLabel = "ID", description = "e.g. E1; \"unrolling list\" names all.")
  private String id;

  @Override
  public Integer call() {
    show(options.experiment(id));
    return 0;
  }

  private <S extends Record> void show(Experiment<S> experiment) {
    PrintWriter out = options.out();
    List<S> runs = options.runs(experiment);
    Engine engine = options.engine(experiment);
    ResultStore store = options.store();
    out.println(experiment.id() + ": " + experiment.title());
    out.println(SettingsJson.write(runs.get(0)));
    for (S run : runs) {
      RunKey key = options.key(experiment, engine, run);
      String state =
          store.provenance(key).isPresent()
              ? "finished"
              : store.damage(key).isPresent()
                  ? "damaged"
                  : store.isBegun(key) ? "begun" : "not begun";
      out.printf(
          "%-9s  %s  %s%n", state, store.folder(key), SettingDifferences.of(runs.get(0), run));
    }
  }
}
