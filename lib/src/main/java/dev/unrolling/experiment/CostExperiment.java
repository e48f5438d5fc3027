package dev.unrolling.experiment;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Objective;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Schedule;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.unlearning.DerivativeCost;
import dev.unrolling.unlearning.Sisa;
import dev.unrolling.unlearning.SisaCost;
import dev.unrolling.unlearning.SisaPartition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import tech.tablesaw.api.Table;

/**
 * Experiment E8: what forgetting costs (section 2.9). SISA is really trained and really serves
 * requests, whose gradients are counted step by step; the unlearning error of a request is measured
 * by {@link FineTuningExperiment} without and with the SD loss. {@link CostCurves} puts the costs
 * together.
 */
public final class CostExperiment {

  /** Tell the draw of the requests, and of the simulated ones, from that of the partition. */
  private static final long REQUESTED = 5_210_419;

  private static final long SIMULATED = 9_183_011;

  /** Ends of the range that holds 99% of simulated sequences, in percent. */
  private static final double[] RANGE = {0.5, 99.5};

  /** The one model at one gamma. */
  private record OneModel(
      double accuracy, double e, double e1, double v, double forgettingDistance, long measuring) {

    /** From a run of {@link FineTuningExperiment}: at its last step, and what sigma took in all. */
    static OneModel of(Table measurements, int run) {
      Table one = measurements.where(measurements.intColumn("run").isEqualTo(run));
      Table last = one.last(1);
      long products = (long) one.intColumn("sigma_products").sum();
      int batchSize = last.intColumn("batch_size").get(0);
      return new OneModel(
          last.doubleColumn("test_accuracy").get(0),
          last.doubleColumn("e").get(0),
          last.doubleColumn("e1").get(0),
          last.doubleColumn("v_single_gradient").get(0),
          last.doubleColumn("forgetting_distance").get(0),
          new DerivativeCost(0, products * batchSize).inGradients());
    }
  }

  private final Engine engine;
  private final Dataset train;
  private final Dataset test;
  private final Consumer<String> progress;
  private final int runsAtOnce;

  /**
   * An experiment on a data set, one run at a time.
   *
   * @param engine that computes
   * @param train where the examples come from
   * @param test for the accuracies
   * @param progress told in a line how far it is; called by each run's own thread
   */
  public CostExperiment(Engine engine, Dataset train, Dataset test, Consumer<String> progress) {
    this(engine, train, test, progress, 1);
  }

  private CostExperiment(
      Engine engine, Dataset train, Dataset test, Consumer<String> progress, int runsAtOnce) {
    this.engine = engine;
    this.train = train;
    this.test = test;
    this.progress = progress;
    this.runsAtOnce = runsAtOnce;
  }

  /**
   * This experiment with several runs at once, each on its share of the engine's threads.
   *
   * @param runs at least 1
   */
  public CostExperiment withRunsAtOnce(int runs) {
    if (runs < 1) {
      throw new IllegalArgumentException("at least 1 run at once, not " + runs);
    }
    Engine share = engine.withThreads(Math.max(1, engine.threads() / runs));
    return new CostExperiment(share, train, test, progress, runs);
  }

  /**
   * Runs each setting.
   *
   * @return a row a request that SISA served: {@code run} (from 0), {@code engine}, its {@code
   *     threads}, the settings; then of the run, the same in each of its rows: the one model
   *     without ({@code plain_}) and with ({@code sd_}) the SD loss: its {@code accuracy}, {@code
   *     e}, {@code e1}, {@code v} and {@code forgetting_distance} of one batch, and the gradients
   *     that {@code measuring} sigma took; SISA's {@code vote_accuracy}, {@code mean_accuracy} and
   *     mean {@code constituent_accuracy}, the {@code accuracy_after} all requests by vote, and the
   *     gradients of its {@code training}, counted; {@code weights} p; then {@code request} (from
   *     1), {@code shards_hit}, its {@code cost} in gradients, counted step by step, what it is by
   *     the partition alone ({@code counted}) and by the closed form ({@code expected}); the sums
   *     {@code total} and {@code expected_total} up to it, and of the simulated sequences the
   *     {@code simulated_mean} of that sum, its standard error {@code simulated_error}, and {@code
   *     simulated_low} to {@code simulated_high}, which holds 99% of them
   */
  public Table run(List<CostSettings> settings) {
    List<List<CostRow>> rows = new ArrayList<>(Collections.nCopies(settings.size(), List.of()));
    ParallelTasks.run(
        runsAtOnce,
        IntStream.range(0, settings.size())
            .<Runnable>mapToObj(
                i ->
                    () -> {
                      String name = "run " + (i + 1) + " of " + settings.size() + ": ";
                      rows.set(i, run(i, settings.get(i), line -> progress.accept(name + line)));
                    })
            .toList());
    return RecordTable.of("E8", CostRow.class, rows.stream().flatMap(List::stream).toList());
  }

  private List<CostRow> run(int run, CostSettings settings, Consumer<String> told) {
    int[] examples = Subsets.stratified(train, settings.examples(), settings.seed());
    SisaPartition partition =
        SisaPartition.of(examples, settings.shards(), settings.slices(), settings.seed());
    List<int[]> requests =
        SimulatedTotals.requests(
            examples, settings.requests(), settings.points(), settings.seed(), REQUESTED);
    FineTuningSettings plain = settings.unsharded();
    Table oneModel =
        new FineTuningExperiment(engine, train, test, line -> told.accept("one model, " + line))
            .run(List.of(plain, plain.withGamma(settings.gamma())));
    SisaRun sisa = serve(settings, partition, requests, told);
    return rows(
        run,
        settings,
        OneModel.of(oneModel, 0),
        OneModel.of(oneModel, 1),
        sisa,
        partition,
        requests);
  }

  private SisaRun serve(
      CostSettings settings, SisaPartition partition, List<int[]> requests, Consumer<String> told) {
    Batch tested = Batch.of(test, Subsets.stratified(test, settings.testExamples(), 0));
    SgdTrainer trainer =
        new SgdTrainer(Objective.crossEntropy(), Schedule.constant(settings.rate()));
    Sisa.Plan plan =
        new Sisa.Plan(settings.epochsPerSlice(), settings.batchSize(), settings.seed());
    try (Sisa sisa =
        Sisa.train(
            train,
            partition,
            plan,
            trainer,
            shard -> {
              told.accept("SISA trains shard " + (shard + 1) + " of " + settings.shards());
              return engine.network(architecture(settings), settings.seed());
            })) {
      return SisaRun.of(sisa, requests, tested, told);
    }
  }

  private Architecture architecture(CostSettings settings) {
    return Architectures.named(settings.model(), train.classes());
  }

  private List<CostRow> rows(
      int run,
      CostSettings settings,
      OneModel plain,
      OneModel sd,
      SisaRun sisa,
      SisaPartition partition,
      List<int[]> requests) {
    int epochs = settings.epochsPerSlice();
    int points = settings.points();
    long[] counted = SisaCost.counted(partition, epochs, requests);
    SisaCost closedForm = SisaCost.of(partition, epochs, points);
    SimulatedTotals simulated =
        SimulatedTotals.of(
            partition, epochs, requests.size(), points, settings.simulations(), SIMULATED);
    List<CostRow> rows = new ArrayList<>();
    long total = 0;
    for (int i = 0; i < requests.size(); i++) {
      Sisa.Forgetting one = sisa.served().get(i);
      total += one.gradients();
      DescriptiveStatistics totals = simulated.afterRequest().get(i);
      rows.add(
          new CostRow(
              run,
              engine.name(),
              engine.threads(),
              settings,
              plain.accuracy,
              plain.e,
              plain.e1,
              plain.v,
              plain.forgettingDistance,
              plain.measuring,
              sd.accuracy,
              sd.e,
              sd.e1,
              sd.v,
              sd.forgettingDistance,
              sd.measuring,
              sisa.voteAccuracy(),
              sisa.meanAccuracy(),
              sisa.constituentAccuracy(),
              sisa.accuracyAfter(),
              sisa.training(),
              architecture(settings).parameters().size(),
              i + 1,
              one.shards().size(),
              one.gradients(),
              counted[i],
              closedForm.ofRequest(i + 1),
              total,
              closedForm.total(i + 1),
              totals.getMean(),
              simulated.error(i),
              totals.getPercentile(RANGE[0]),
              totals.getPercentile(RANGE[1])));
    }
    return rows;
  }
}
