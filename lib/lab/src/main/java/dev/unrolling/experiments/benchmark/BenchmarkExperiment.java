package dev.unrolling.experiments.benchmark;

import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.Reading;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiment.StateKeeper;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.settings.Scale;
import dev.unrolling.store.RunKey;
import dev.unrolling.unlearning.TunableMethod;
import dev.unrolling.unlearning.UnlearningMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tech.tablesaw.api.Table;

/**
 * E9: each method forgets the same set of the same network. What has a rate is tuned first, by the
 * gap to retraining on another forget set and a validation part; the test set is read for the table
 * alone. A run goes on after the last method that was measured.
 */
public final class BenchmarkExperiment
    implements Computation<BenchmarkSettings, BenchmarkRow>, ExperimentProvider {

  /** Method of M itself. */
  public static final String NOTHING = "nothing";

  /** Method of M'. */
  public static final String RETRAINING = "retraining";

  /** What a stopped run has found. */
  private record Notes(List<BenchmarkRow> rows) {}

  @Override
  public String name() {
    return "benchmark";
  }

  /**
   * Since 2 a masked method keeps its other weights by its direction, and ascent is on its loop;
   * since 3 rows have a relearn time; since 4 there are the likelihood-ratio attack, boundary
   * shrink and UNSIR, and the other attack is fitted on 2,500 examples of each kind at most.
   */
  @Override
  public int version() {
    return 4;
  }

  @Override
  public String data(BenchmarkSettings settings) {
    return settings.data();
  }

  @Override
  public Class<BenchmarkRow> rowType() {
    return BenchmarkRow.class;
  }

  @Override
  public List<Experiment<?>> experiments() {
    return List.of(
        new Experiment<>(
            "E9",
            "unlearning methods side by side",
            this,
            BenchmarkExperiment::runs,
            "torch",
            Precision.FLOAT32,
            Reading.of(
                (scale, table) -> BenchmarkFigures.all(table),
                BenchmarkExperiment::summary,
                (scale, table) -> BenchmarkVerdicts.all(table))));
  }

  /**
   * The runs of a scale: those of {@link BenchmarkSettings#grid}, and each of them with each method
   * of one's own that is on the class path (a {@link TunableMethod} if it has a value to be
   * chosen).
   *
   * @throws IllegalArgumentException if one has the name of one of the library's
   */
  public static List<BenchmarkSettings> runs(Scale scale) {
    List<BenchmarkSettings> grid = BenchmarkSettings.grid(scale);
    List<BenchmarkSettings> runs = new ArrayList<>(grid);
    for (UnlearningMethod own : OwnMethods.registered()) {
      grid.forEach(settings -> runs.add(settings.only(own.name())));
    }
    return List.copyOf(runs);
  }

  /** Runs that have their networks in common follow each other. */
  @Override
  public Object group(BenchmarkSettings settings) {
    return BenchmarkTraining.of("", settings);
  }

  /** Of a method of one's own its code and its settings are in the key too. */
  @Override
  public RunKey key(Engine engine, DataSets data, BenchmarkSettings settings) {
    settings.only().ifPresent(OwnMethods::requireMeasurable);
    RunKey key = Computation.super.key(engine, data, settings);
    return settings
        .only()
        .flatMap(OwnMethods::named)
        .map(own -> RunKey.of(name(), version(), engine, key.data(), OwnMethods.run(settings, own)))
        .orElse(key);
  }

  private static Table summary(Table table) {
    return BenchmarkFigures.means(
        table, "ua", "ra", "ta", "mia", "lira_auc", "gap", "relearn_steps", "v", "kl", "gradients");
  }

  @Override
  public List<BenchmarkRow> run(BenchmarkSettings settings, RunContext context) {
    DataSets.Parts data = context.data().of(settings.data());
    Architecture architecture =
        Architectures.named(
            settings.model(),
            Arrays.stream(data.train().exampleShape()).boxed().toList(),
            data.train().classes());
    BenchmarkSplit split = BenchmarkSplit.of(data, settings);
    BenchmarkSplit other = BenchmarkSplit.of(data, settings.tuning(data.train().classes()));
    List<BenchmarkRow> rows =
        new ArrayList<>(
            context
                .resume()
                .map(stopped -> RunContext.notes(stopped, Notes.class).rows())
                .orElse(List.of()));
    StateKeeper keeper = new StateKeeper(context);
    try (Bench bench = Bench.of(split, other, architecture, context)) {
      Map<String, Supplier<BenchmarkRow>> methods = bench.methods();
      Set<String> done = rows.stream().map(BenchmarkRow::method).collect(Collectors.toSet());
      context.inParallel(
          methods.entrySet().stream()
              .filter(method -> !done.contains(method.getKey()))
              .<Runnable>map(
                  method ->
                      () -> {
                        BenchmarkRow row = method.getValue().get();
                        synchronized (rows) {
                          rows.add(row);
                          context
                              .progress()
                              .accept(row.method() + ", " + rows.size() + " of " + methods.size());
                          keeper.keepIfDue(
                              () ->
                                  context.savedRun(
                                      rows.size(), List.of(), new Notes(List.copyOf(rows))));
                        }
                      })
              .toList());
      List<String> order = List.copyOf(methods.keySet());
      rows.sort(Comparator.comparingInt(row -> order.indexOf(row.method())));
    }
    return List.copyOf(rows);
  }
}
