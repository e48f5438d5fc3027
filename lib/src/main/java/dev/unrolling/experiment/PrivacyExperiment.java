package dev.unrolling.experiment;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.privacy.ShadowModel;
import dev.unrolling.training.Omission;
import dev.unrolling.training.Schedule;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.unlearning.CheckpointRecorder;
import dev.unrolling.unlearning.CheckpointSpacing;
import dev.unrolling.unlearning.ForgettingRecorder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.nd4j.linalg.factory.Nd4j;
import tech.tablesaw.api.Table;

/**
 * Experiment E6: the privacy risk score of x* under M, M' and M'' against the verification error v.
 *
 * <p>The authors' script leaves the first batch out of M' while x* is the last one, scores in
 * training mode, feeds logits where probabilities belong and cuts the bins of members and
 * non-members differently. Here M' leaves out x*, answers come with running statistics, the
 * modified entropy gets probabilities unless the settings say otherwise, and a class has one set of
 * bins.
 */
public final class PrivacyExperiment {

  private final Engine engine;
  private final Dataset train;
  private final Dataset test;
  private final Consumer<String> progress;
  private final int runsAtOnce;

  /**
   * An experiment on a data set, one run at a time.
   *
   * @param engine that computes
   * @param train where M's half, x* in it, and the shadow model's half come from
   * @param test where non-members come from
   * @param progress told in a line how far it is; called by each run's own thread
   */
  public PrivacyExperiment(Engine engine, Dataset train, Dataset test, Consumer<String> progress) {
    this(engine, train, test, progress, 1);
  }

  private PrivacyExperiment(
      Engine engine, Dataset train, Dataset test, Consumer<String> progress, int runsAtOnce) {
    if (runsAtOnce < 1) {
      throw new IllegalArgumentException("at least 1 run at once, not " + runsAtOnce);
    }
    this.engine = engine;
    this.train = train;
    this.test = test;
    this.progress = progress;
    this.runsAtOnce = runsAtOnce;
  }

  /**
   * This experiment with several runs at once, each on its share of the engine's threads: faster
   * for small networks.
   *
   * @param runs at least 1
   */
  public PrivacyExperiment withRunsAtOnce(int runs) {
    Engine share = engine.withThreads(Math.max(1, engine.threads() / Math.max(1, runs)));
    return new PrivacyExperiment(share, train, test, progress, runs);
  }

  /**
   * Runs each setting.
   *
   * @return a row a run, number of visits (1, 2, 4 ... and the last) and model: {@code run} (from
   *     0), {@code engine}, its {@code threads}, the settings, {@code visits} of x* so far, {@code
   *     method}, {@code v} = distance to M' (of M itself: the forgetting distance), {@code risk} =
   *     mean score of x*, {@code risk_change} = mean over x* of the absolute difference to the
   *     score under M', {@code risk_at_equal_statistics} = the risk with the running statistics of
   *     M', {@code forget_entropy} = mean modified entropy of x*, {@code undefined} = examples of
   *     x* in an empty bin, {@code forget_accuracy}, {@code test_accuracy}, {@code member_risk} and
   *     {@code non_member_risk} = mean score of what else M was trained on and of test examples
   *     that the shadow model has not seen, and {@code shadow_member_accuracy}, {@code
   *     shadow_non_member_accuracy}, {@code empty_bins} of the shadow model
   */
  public Table run(List<PrivacySettings> settings) {
    List<List<PrivacyRow>> rows = new ArrayList<>(Collections.nCopies(settings.size(), List.of()));
    ParallelTasks.run(
        runsAtOnce,
        IntStream.range(0, settings.size())
            .<Runnable>mapToObj(
                i ->
                    () -> {
                      String name = "run " + (i + 1) + " of " + settings.size();
                      rows.set(i, run(i, settings.get(i), name));
                    })
            .toList());
    return RecordTable.of("E6", PrivacyRow.class, rows.stream().flatMap(List::stream).toList());
  }

  private List<PrivacyRow> run(int run, PrivacySettings settings, String name) {
    int size = settings.batchSize();
    int[] half = Subsets.stratified(train, settings.examples(), settings.seed());
    int[] others = Arrays.copyOf(half, half.length - size);
    Batch forget = Batch.of(train, Arrays.copyOfRange(half, others.length, half.length));
    int[] unseen = Subsets.stratified(test, settings.testExamples(), settings.seed());
    int[] tried =
        Subsets.stratified(
            test, Subsets.rest(test, unseen), settings.testExamples(), settings.seed());
    BatchOrder order =
        BatchOrder.shuffled(train, others, size, settings.epochs(), settings.seed() + 1)
            .withForgetBatch(forget, BatchOrder.Position.LAST);
    Omission omission = settings.retraining().omission();
    SgdTrainer trainer = trainer(settings).withProgress(reporter(name + ": M and M', step"));
    PrivacyMeasurements measurements =
        new PrivacyMeasurements(run, settings, Batch.of(train, others), Batch.of(test, tried));
    trainShadow(settings, half, Batch.of(test, unseen), name, measurements);
    try (Network original = start(settings, others, name);
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, omission);
        CheckpointRecorder visits =
            new CheckpointRecorder(recorder, CheckpointSpacing.everyStep())) {
      measurements.watch(recorder, visits);
      trainer.trainInLockStep(original, retrained, order, omission, recorder, visits, measurements);
      return measurements.rows();
    }
  }

  /** Trains it as long as M, on as many examples that M has not seen. */
  private void trainShadow(
      PrivacySettings settings,
      int[] half,
      Batch nonMembers,
      String name,
      PrivacyMeasurements measurements) {
    int[] free = Subsets.rest(train, half);
    int[] members = Subsets.stratified(train, free, settings.examples(), settings.seed());
    ShadowModel.train(
            engine.network(architecture(settings), settings.seed() + 1),
            trainer(settings).withProgress(reporter(name + ": shadow model, step")),
            Batch.of(train, members),
            settings.batchSize(),
            settings.pretrainingEpochs() + settings.epochs(),
            nonMembers,
            settings.seed(),
            measurements::keep)
        .close();
  }

  /** A network at w_0, with no momentum yet. */
  private Network start(PrivacySettings settings, int[] others, String name) {
    Network network = engine.network(architecture(settings), settings.seed());
    if (settings.pretrainingEpochs() > 0) {
      trainer(settings)
          .withProgress(reporter(name + ": without x*, step"))
          .train(
              network,
              BatchOrder.shuffled(
                  train,
                  others,
                  settings.batchSize(),
                  settings.pretrainingEpochs(),
                  settings.seed()));
      NetworkState state = network.saveState();
      network.restore(
          new NetworkState(
              state.weights(), state.runningStatistics(), Nd4j.empty(state.weights().dataType())));
    }
    return network;
  }

  private Architecture architecture(PrivacySettings settings) {
    return Architectures.named(settings.model(), train.classes());
  }

  private static SgdTrainer trainer(PrivacySettings settings) {
    return new SgdTrainer(
            Objective.crossEntropy()
                .withGamma(settings.gamma())
                .withWeightDecay(settings.weightDecay()),
            Schedule.constant(settings.rate()))
        .withMomentum(settings.momentum());
  }

  private SgdTrainer.Progress reporter(String what) {
    return (done, of, loss) ->
        progress.accept(String.format(Locale.ROOT, "%s %d of %d, loss %.3f", what, done, of, loss));
  }
}
