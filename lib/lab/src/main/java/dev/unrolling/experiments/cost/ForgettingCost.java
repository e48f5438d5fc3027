package dev.unrolling.experiments.cost;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Subsets;
import dev.unrolling.dataset.DataSets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Objective;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.DerivativeCost;
import dev.unrolling.unlearning.sisa.Sisa;
import dev.unrolling.unlearning.sisa.SisaCost;
import dev.unrolling.unlearning.sisa.SisaPartition;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import tech.tablesaw.api.Table;

/**
 * Experiment E8: what forgetting costs (claim 2.9). SISA is really trained and really serves
 * requests, whose gradients are counted step by step; the unlearning error of a request is measured
 * by {@link FineTuning} without and with the SD loss. {@link CostCurves} puts the costs together.
 *
 * <p>The two runs of fine-tuning are kept like any other, and may be there already. A stopped run
 * goes on from the last shard trained or request served that was kept, as {@link SisaServing} says.
 */
public final class ForgettingCost implements Computation<CostSettings, CostRow> {

  /** Tell the draw of the requests, and of the simulated ones, from that of the partition. */
  private static final long REQUESTED = 5_210_419;

  private static final long SIMULATED = 9_183_011;

  /** Ends of the range that holds 99% of simulated sequences, in percent. */
  private static final double[] RANGE = {0.5, 99.5};

  /** The one model at one gamma. */
  private record OneModel(
      double accuracy, double e, double e1, double v, double forgettingDistance, long measuring) {

    /** From a run of {@link FineTuning}: at its last step, and what sigma took in all. */
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

  @Override
  public String name() {
    return "forgetting-cost";
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public String data(CostSettings settings) {
    return settings.data();
  }

  @Override
  public Class<CostRow> rowType() {
    return CostRow.class;
  }

  @Override
  public List<CostRow> run(CostSettings settings, RunContext context) {
    DataSets.Parts data = context.data().of(settings.data());
    int[] examples = Subsets.stratified(data.train(), settings.examples(), settings.seed());
    SisaPartition partition =
        SisaPartition.of(examples, settings.shards(), settings.slices(), settings.seed());
    List<int[]> requests =
        SimulatedTotals.requests(
            examples, settings.requests(), settings.points(), settings.seed(), REQUESTED);
    FineTuningSettings plain = settings.unsharded();
    Table oneModel =
        context
            .runner()
            .withProgress(line -> context.progress().accept("M, " + line))
            .run(new FineTuning(), List.of(plain, plain.withGamma(settings.gamma())));
    SisaRun sisa = serve(settings, partition, requests, data, context);
    return rows(
        settings,
        context.engine(),
        OneModel.of(oneModel, 0),
        OneModel.of(oneModel, 1),
        sisa,
        partition,
        requests);
  }

  private static SisaRun serve(
      CostSettings settings,
      SisaPartition partition,
      List<int[]> requests,
      DataSets.Parts data,
      RunContext context) {
    Batch tested =
        Batch.of(data.test(), Subsets.stratified(data.test(), settings.testExamples(), 0));
    Architecture architecture = Architectures.named(settings.model(), data.train().classes());
    SgdTrainer trainer =
        new SgdTrainer(Objective.crossEntropy(), Schedule.constant(settings.rate()));
    Sisa.Plan plan =
        new Sisa.Plan(settings.epochsPerSlice(), settings.batchSize(), settings.seed());
    try (Sisa sisa =
        new Sisa(
            data.train(),
            partition,
            plan,
            trainer,
            shard -> context.engine().network(architecture, settings.seed()))) {
      return new SisaServing(sisa, requests, tested, context).run();
    }
  }

  private static List<CostRow> rows(
      CostSettings settings,
      Engine engine,
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
              sisa.before().vote(),
              sisa.before().mean(),
              sisa.before().constituent(),
              sisa.accuracyAfter(),
              sisa.training(),
              sisa.weights(),
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
