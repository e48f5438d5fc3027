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
import dev.unrolling.training.Omission;
import dev.unrolling.training.Schedule;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.unlearning.ForgettingRecorder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import tech.tablesaw.api.Table;

/**
 * Experiment E1: verification error v and unlearning error e over the steps of fine-tuning. M and
 * M' walk in lock step from the same pre-trained weights; on the way, sigma is measured on the
 * batch of the step, in evaluation mode, of the objective being trained, and averaged over the
 * measurements so far (the authors' choice; {@code sigma} in the table is the single measurement).
 *
 * <p>The authors' scripts leave the network in evaluation mode after the first Hessian, and take
 * the stored gradient after the first step; here every step trains in training mode and the
 * gradient is that at w_0.
 */
public final class FineTuningExperiment {

  private static final Omission LEFT_OUT = Omission.skippedStep();

  private final Engine engine;
  private final Dataset train;
  private final Dataset test;
  private final Consumer<String> progress;
  private final Map<FineTuningSettings, NetworkState> pretrained = new ConcurrentHashMap<>();
  private final int runsAtOnce;

  /**
   * An experiment on a data set, one run at a time; pre-trained weights are shared by the runs that
   * can.
   *
   * @param engine that computes
   * @param train where examples and forget batch come from
   * @param test for the accuracy
   * @param progress told in a line how far it is; called by each run's own thread
   */
  public FineTuningExperiment(
      Engine engine, Dataset train, Dataset test, Consumer<String> progress) {
    this(engine, train, test, progress, 1);
  }

  private FineTuningExperiment(
      Engine engine, Dataset train, Dataset test, Consumer<String> progress, int runsAtOnce) {
    if (runsAtOnce < 1) {
      throw new IllegalArgumentException("at least 1 run at once, not " + runsAtOnce);
    }
    this.runsAtOnce = runsAtOnce;
    this.engine = engine;
    this.train = train;
    this.test = test;
    this.progress = progress;
  }

  /**
   * This experiment with several runs at once, each on its share of the engine's threads: faster
   * for small networks.
   *
   * @param runs at least 1
   */
  public FineTuningExperiment withRunsAtOnce(int runs) {
    Engine share = engine.withThreads(Math.max(1, engine.threads() / Math.max(1, runs)));
    return new FineTuningExperiment(share, train, test, progress, runs);
  }

  /**
   * Runs each setting.
   *
   * @return a row a measurement: {@code run} (from 0), {@code engine}, its {@code threads}, the
   *     settings, then {@code step, epoch, visits, v_single_gradient, v_amnesiac,
   *     forgetting_distance, e, e1, e_square_root, sigma, eigenvalue, sigma_residual,
   *     sigma_converged, sigma_products, norm_dw, loss, retrained_loss, test_accuracy,
   *     forget_accuracy, logit_deviation}; the accuracies and the mean standard deviation of the
   *     test examples' logits are measured at the last step only, the retrained loss is missing
   *     where M' takes no step
   */
  public Table run(List<FineTuningSettings> settings) {
    // Runs that start from the same pre-trained weights follow each other in one task.
    Map<FineTuningSettings, List<Integer>> tasks = new LinkedHashMap<>();
    for (int i = 0; i < settings.size(); i++) {
      tasks.computeIfAbsent(pretraining(settings.get(i)), k -> new ArrayList<>()).add(i);
    }
    List<List<FineTuningRow>> rows =
        new ArrayList<>(Collections.nCopies(settings.size(), List.of()));
    ParallelTasks.run(
        runsAtOnce,
        tasks.values().stream()
            .<Runnable>map(
                runs ->
                    () -> {
                      for (int i : runs) {
                        String name = "run " + (i + 1) + " of " + settings.size();
                        rows.set(i, run(i, settings.get(i), name));
                      }
                    })
            .toList());
    return RecordTable.of("E1", FineTuningRow.class, rows.stream().flatMap(List::stream).toList());
  }

  /** What decides the pre-trained weights: the settings without what concerns fine-tuning only. */
  private static FineTuningSettings pretraining(FineTuningSettings settings) {
    return settings.withRate(1).withMeasureEvery(1);
  }

  private List<FineTuningRow> run(int run, FineTuningSettings settings, String name) {
    ForgetSplit split = ForgetSplit.of(train, settings);
    Batch testBatch = Batch.of(test, Subsets.stratified(test, settings.testExamples(), 0));
    BatchOrder order =
        BatchOrder.shuffled(
                train, split.others(), settings.batchSize(), settings.epochs(), settings.seed())
            .withForgetBatch(split.forget(), settings.position());
    SgdTrainer trainer =
        trainer(settings, settings.rate()).withProgress(reporter(name + ": fine-tuning, step"));
    try (Network original = pretrained(settings, split, name);
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, LEFT_OUT)) {
      FineTuningMeasurements measurements =
          new FineTuningMeasurements(run, settings, testBatch, recorder);
      trainer.trainInLockStep(original, retrained, order, LEFT_OUT, recorder, measurements);
      return measurements.rows();
    }
  }

  /** A new network at w_0. */
  private Network pretrained(FineTuningSettings settings, ForgetSplit split, String name) {
    NetworkState start =
        pretrained.computeIfAbsent(pretraining(settings), key -> pretrain(settings, split, name));
    Network network = engine.network(architecture(settings), start.weights());
    network.restore(start);
    return network;
  }

  private NetworkState pretrain(FineTuningSettings settings, ForgetSplit split, String name) {
    try (Network network = engine.network(architecture(settings), settings.seed())) {
      if (settings.pretrainingEpochs() > 0) {
        BatchOrder order =
            BatchOrder.shuffled(
                train,
                settings.forgetBatchInPretraining() ? split.all() : split.others(),
                settings.pretrainingBatchSize(),
                settings.pretrainingEpochs(),
                settings.seed());
        trainer(settings, settings.pretrainingRate())
            .withProgress(reporter(name + ": pre-training, step"))
            .train(network, order);
      }
      return network.saveState();
    }
  }

  private Architecture architecture(FineTuningSettings settings) {
    return Architectures.named(settings.model(), train.classes());
  }

  private static SgdTrainer trainer(FineTuningSettings settings, double rate) {
    return new SgdTrainer(objective(settings), Schedule.constant(rate));
  }

  private static Objective objective(FineTuningSettings settings) {
    return Objective.crossEntropy().withGamma(settings.gamma());
  }

  private SgdTrainer.Progress reporter(String what) {
    return (done, of, loss) ->
        progress.accept(String.format(Locale.ROOT, "%s %d of %d, loss %.3f", what, done, of, loss));
  }
}
