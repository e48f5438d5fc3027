package dev.unrolling.cli.options;

import dev.unrolling.data.DataCache;
import dev.unrolling.data.UserPath;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.Experiments;
import dev.unrolling.experiment.Runner;
import dev.unrolling.settings.Grid;
import dev.unrolling.settings.Scale;
import dev.unrolling.settings.SettingsJson;
import dev.unrolling.store.ResultStore;
import dev.unrolling.store.RunKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands over experiments have in common: scale, settings, engine and store. */
public final class ExperimentOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--scale",
      paramLabel = "SCALE",
      description = "smoke, quick, desk or paper; UNROLLING_SCALE or quick if not given.")
  private String scale = System.getenv().getOrDefault(Scale.VARIABLE, "quick");

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "Change a setting in every run, e.g. --set gamma=5; may be repeated.")
  private List<String> assignments = List.of();

  @Option(
      names = "--settings",
      paramLabel = "FILE",
      description = "One run, with a JSON file's settings; the others are the scale's.")
  private Path settingsFile;

  @Option(
      names = "--seeds",
      paramLabel = "LIST",
      description = "Seeds in place of the scale's, e.g. 0..4 or 0,2,7.")
  private String seeds;

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description = "Folder of results; UNROLLING_RESULTS or out/runs if not given.")
  private Path folder;

  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description = "torch or dl4j; UNROLLING_ENGINE or the experiment's own if not given.")
  private String engine;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description = "cpu or e.g. cuda:0; UNROLLING_DEVICE or cpu if not given.")
  private String device = System.getenv().getOrDefault(Engines.DEVICE_VARIABLE, "cpu");

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      description =
          "float32, float64, or of training steps alone tf32 (on a GPU) or bfloat16; the"
              + " experiment's own if not given.")
  private Precision precision;

  @Option(
      names = "--threads",
      paramLabel = "COUNT",
      description =
          "Threads of one run; if not given, 1 at the small scales, where several runs share the"
              + " cores, and all cores at the large ones.")
  private Integer threads;

  @Option(
      names = "--at-once",
      paramLabel = "COUNT",
      description =
          "Runs at once, or parts of a run where there are fewer runs; if not given, as many as the"
              + " cores have room for, and 1 on a GPU.")
  private Integer atOnce;

  @Option(
      names = "--checkpoint",
      paramLabel = "SECONDS",
      description = "Time between two checkpoints of a run; 30 if not given.")
  private double checkpoint = ResultStore.DEFAULT_INTERVAL.toSeconds();

  private DataSets data;

  public Experiment<?> experiment(String id) {
    return checked(() -> Experiments.of(id));
  }

  /** The experiments that have each setting that is changed; all if none has, to be refused. */
  public List<Experiment<?>> experiments() {
    List<Experiment<?>> some = Experiments.having(List.copyOf(changes().names()));
    return some.isEmpty() ? Experiments.all() : some;
  }

  public Scale scale() {
    return checked(() -> Scale.of(scale));
  }

  public ResultStore store() {
    if (!(checkpoint >= 0 && checkpoint < 1e6)) {
      throw refusal("--checkpoint takes seconds from 0 on, not " + checkpoint);
    }
    String named = System.getenv().getOrDefault(ResultStore.VARIABLE, "out/runs");
    Path place = folder == null ? checked(() -> UserPath.of(ResultStore.VARIABLE, named)) : folder;
    return new ResultStore(place)
        .withCheckpointInterval(Duration.ofMillis((long) (1000 * checkpoint)));
  }

  /** The runs that are asked for, each once. */
  public <S extends Record> List<S> runs(Experiment<S> experiment) {
    return checked(
        () -> {
          List<S> all =
              settingsFile == null ? experiment.runs().apply(scale()) : List.of(base(experiment));
          return changes().withSeeds(all.stream().map(changes()::of).toList());
        });
  }

  /**
   * The runs of a grid, each with each of the seeds, which count fastest. What the grid names may
   * not be set beside it.
   */
  public <S extends Record> List<S> runs(Experiment<S> experiment, Path grid) {
    return checked(
        () -> {
          String json = text(grid);
          changes().requireApart(Grid.names(json));
          return changes().withSeeds(Grid.of(changes().of(base(experiment)), json));
        });
  }

  private <S extends Record> S base(Experiment<S> experiment) {
    S base = experiment.base(scale());
    return settingsFile == null ? base : SettingsJson.read(base, text(settingsFile));
  }

  private Changes changes() {
    return new Changes(assignments, seeds);
  }

  public Engine engine(Experiment<?> experiment) {
    String name =
        engine != null
            ? engine
            : System.getenv().getOrDefault(Engines.ENGINE_VARIABLE, experiment.engine());
    Precision chosen = precision == null ? experiment.precision() : precision;
    return checked(
        () ->
            threads == null && !scale().isSmall()
                ? Engines.open(name, device, chosen)
                : Engines.open(name, device, chosen, threads == null ? 1 : threads));
  }

  public <S extends Record> RunKey key(Experiment<S> experiment, Engine engine, S settings) {
    return experiment.computation().key(engine, data(line -> {}), settings);
  }

  /** The data sets of the environment, the same for all that this command does. */
  private DataSets data(Consumer<String> progress) {
    if (data == null) {
      data = checked(() -> DataSets.of(DataCache.fromEnvironment(), progress));
    }
    return data;
  }

  /** A runner into the store; small networks share the cores. */
  public Runner runner(Experiment<?> experiment, Consumer<String> progress) {
    Engine one = engine(experiment);
    int cores = Runtime.getRuntime().availableProcessors();
    int room = device.equals("cpu") ? Math.max(1, cores / one.threads()) : 1;
    int runs = atOnce == null ? room : atOnce;
    return checked(
        () ->
            new Runner(one.withThreads(one.threads() * Math.max(1, runs)), data(progress), progress)
                .withRunsAtOnce(runs)
                .withStore(store()));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
    }
  }

  /** What is wrong with an argument is the user's to mend. */
  <T> T checked(java.util.function.Supplier<T> work) {
    try {
      return work.get();
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** What to throw at an argument that cannot be. */
  public CommandLine.ParameterException refusal(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  /** Where the command prints what it was asked for. */
  public PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Where it says what else there is to say. */
  public PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
