package dev.unrolling.notebook;

import dev.unrolling.data.DataCache;
import dev.unrolling.data.DataException;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.experiment.CommittedResults;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.Experiments;
import dev.unrolling.experiment.Runner;
import dev.unrolling.experiment.Verdict;
import dev.unrolling.plot.Figure;
import dev.unrolling.plot.FigureWriter;
import dev.unrolling.settings.Scale;
import dev.unrolling.store.ResultStore;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tech.tablesaw.api.Table;

/**
 * What a notebook needs to show and keep its results. In a Java kernel (JJava, IJava) it shows them
 * below the cell; elsewhere it prints them. All it shows it also saves, in {@code
 * UNROLLING_OUT/NAME/} ({@code out/NAME/} if that is not set).
 *
 * <pre>{@code
 * var notebook = Notebook.open("04-unlearning-error");
 * notebook.show(Figure.lines("Error", "step", "v").series("v", steps, errors), "error");
 * notebook.show(table, "runs");
 * notebook.show(verdict);
 * }</pre>
 */
public final class Notebook {
  /** Environment variable that names the folder of all results. */
  public static final String OUT_VARIABLE = "UNROLLING_OUT";

  private final Scale scale;
  private final Path folder;
  private final TakenNames names;
  private final Path results;
  private final Screen screen;
  private final UsedEngines used;
  private final VerdictFile verdicts;
  private final CommittedResults kept;
  private final DataSets data;

  private Notebook(
      String name, Map<String, String> environment, Optional<Kernel> kernel, PrintStream out) {
    Surroundings given = Surroundings.of(name, environment);
    scale = given.scale();
    folder = given.folder();
    results = given.results();
    screen = new Screen(kernel, out);
    used = new UsedEngines(folder.resolve("notebook.json"));
    verdicts = new VerdictFile(folder.resolve("verdicts.csv"));
    kept = CommittedResults.from(environment);
    names = new TakenNames(folder, "verdicts");
    DataCache cache = DataCache.fromEnvironment();
    data =
        DataSets.of(
            scale == Scale.SMOKE ? new DataCache(cache.folder(), true) : cache, screen::progress);
  }

  /**
   * Opens the results of a notebook and shows a first line: scale, engine, version, threads.
   *
   * @param name of the notebook, e.g. {@code "04-unlearning-error"}; names its folder
   * @throws IllegalArgumentException if the name is not made of letters, digits and {@code . _ -},
   *     or the environment names no scale there is
   */
  public static Notebook open(String name) {
    return open(name, System.getenv(), Kernel.find(), System.out);
  }

  static Notebook open(
      String name, Map<String, String> environment, Optional<Kernel> kernel, PrintStream out) {
    Notebook notebook = new Notebook(name, environment, kernel, out);
    notebook.screen.facts(name, Surroundings.facts(notebook.scale, environment));
    return notebook;
  }

  /** How much is run. */
  public Scale scale() {
    return scale;
  }

  /** Where this notebook's results go. */
  public Path folder() {
    return folder;
  }

  /**
   * Says what computes and from which seeds, and keeps it for the page of results in {@code
   * notebook.json}, beside what was said before.
   *
   * @param engine that computes
   * @param seeds of the runs
   */
  public void uses(Engine engine, long... seeds) {
    screen.facts(engine.name(), used.add(engine, seeds));
  }

  /**
   * A runner that keeps its results where the command line does ({@code UNROLLING_RESULTS}, or
   * {@code out/runs}), takes those that are there, and shows its progress here. Small networks run
   * side by side, each on one thread.
   *
   * @param engine that computes
   */
  public Runner runner(Engine engine) {
    return new Runner(engine, data, screen::progress)
        .withRunsAtOnce(scale.isSmall() ? engine.threads() : 1)
        .withStore(new ResultStore(results));
  }

  /**
   * Those of some runs whose data can be had; for the others it is shown what is missing, and how
   * to put it there. At smoke scale nothing is fetched for this.
   */
  public <S extends Record> List<S> available(Computation<S, ?> computation, List<S> runs) {
    Map<String, String> missing = new LinkedHashMap<>();
    for (String name : runs.stream().map(computation::data).distinct().toList()) {
      try {
        data.of(name);
      } catch (DataException e) {
        missing.put(name, e.getMessage());
      }
    }
    missing.forEach(
        (name, why) ->
            screen.show(
                Output.html("without " + name + ": " + why, Html.banner(name, List.of(why)))));
    return runs.stream().filter(run -> !missing.containsKey(computation.data(run))).toList();
  }

  /**
   * Shows a figure and saves it as PNG, SVG and CSV. At the smaller scales its title says so,
   * unless it speaks of a scale already.
   *
   * @param name of the files, without an ending
   * @throws IllegalArgumentException if it is no name for a file, or that of a table: the figure's
   *     numbers would take the table's place
   */
  public void show(Figure figure, String name) {
    names.take(name, "a figure");
    Figure shown =
        scale.isSmall() && !figure.title().contains("scale")
            ? figure.withNote(scale + " scale")
            : figure;
    Figure.Files files = shown.save(folder, name);
    screen.show(
        Output.png(
            shown.title().replace('\n', ' ') + ": " + files.png(),
            shown.image(Figure.PIXELS),
            shown.width()));
  }

  /**
   * Saves a table, all of it and with all digits, as CSV.
   *
   * @param name of the file, without an ending
   * @return the file
   * @throws IllegalArgumentException if it is no name for a file, or that of a figure
   */
  public Path save(Table table, String name) {
    names.take(name, "a table");
    Path file = folder.resolve(name + ".csv");
    FigureWriter.saveCsv(table, file);
    return file;
  }

  /**
   * Shows a table and saves it as {@link #save} does.
   *
   * @param name of the file, without an ending
   * @throws IllegalArgumentException as {@link #save}
   */
  public void show(Table table, String name) {
    Path file = save(table, name);
    screen.show(Output.html(table.print() + "\n" + file, HtmlTable.of(table, file.toString())));
  }

  /**
   * Shows verdicts and keeps them in {@code verdicts.csv}, where they replace those that an earlier
   * run left of the same claims.
   */
  public void show(Verdict... shown) {
    show(scale, shown);
  }

  /**
   * Shows verdicts on runs of another scale, and keeps them as {@link #show(Verdict...)} does.
   *
   * @param of the scale of the runs
   */
  public void show(Scale of, Verdict... shown) {
    List<Verdict> all = List.of(shown);
    verdicts
        .put(of, all)
        .ifPresent(line -> screen.show(Output.html(line, Html.banner("verdicts", List.of(line)))));
    StringBuilder text = new StringBuilder();
    all.forEach(verdict -> text.append(verdict.claim()).append(' ').append(verdict).append('\n'));
    screen.show(Output.html(text.toString().strip(), Html.verdicts(all)));
  }

  /**
   * Shows what is kept with the notebooks of some experiments at larger scales: figures, what each
   * run came to, and verdicts.
   *
   * @param ids e.g. {@code "E3"}; nothing is shown of one that has no table
   */
  public void showKept(String... ids) {
    for (String id : ids) {
      Experiment<?> experiment = Experiments.of(id);
      for (Scale larger : kept.scales(id)) {
        Table table = kept.table(id, larger).orElseThrow();
        experiment.figures(larger, table).forEach((name, one) -> show(one, name + "-" + larger));
        experiment
            .reading()
            .summary(table)
            .ifPresent(summary -> show(summary, id.toLowerCase(Locale.ROOT) + "-" + larger));
        List<Verdict> said = experiment.reading().verdicts(larger, table);
        if (!said.isEmpty()) {
          show(larger, said.toArray(Verdict[]::new));
        }
      }
    }
  }

  /**
   * Tells how far the work is, in one line that changes; a few times a second at most. The next
   * thing shown ends the line. May be called from several threads.
   */
  public void progress(String text) {
    screen.progress(text);
  }
}
