package dev.unrolling.experiment;

import dev.unrolling.curvature.DominantEigenvalue;
import dev.unrolling.curvature.PowerIteration;
import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.metrics.ForgettingDistance;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.Omission;
import dev.unrolling.training.Schedule;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.unlearning.AmnesiacUnlearning;
import dev.unrolling.unlearning.ForgettingRecorder;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.UnlearningError;
import dev.unrolling.unlearning.UnlearningMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
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

  /** What is measured after a step; the columns of the table, after those of the settings. */
  private record Row(
      int run,
      String engine,
      int threads,
      FineTuningSettings settings,
      int step,
      int epoch,
      int visits,
      double vSingleGradient,
      double vAmnesiac,
      double forgettingDistance,
      double e,
      double e1,
      double eSquareRoot,
      double sigma,
      double eigenvalue,
      double sigmaResidual,
      boolean sigmaConverged,
      int sigmaProducts,
      double normDw,
      double loss,
      double retrainedLoss,
      double testAccuracy,
      double forgetAccuracy) {}

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
   * @param progress told in a line how far it is
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
   *     forget_accuracy}; the accuracies are measured at the last step only, the retrained loss is
   *     missing where M' takes no step
   */
  public Table run(List<FineTuningSettings> settings) {
    // Runs that start from the same pre-trained weights follow each other in one task.
    Map<FineTuningSettings, List<Integer>> tasks = new LinkedHashMap<>();
    for (int i = 0; i < settings.size(); i++) {
      tasks.computeIfAbsent(pretraining(settings.get(i)), k -> new ArrayList<>()).add(i);
    }
    List<List<Row>> rows = new ArrayList<>(Collections.nCopies(settings.size(), List.of()));
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
    return RecordTable.of("E1", Row.class, rows.stream().flatMap(List::stream).toList());
  }

  /** What decides the pre-trained weights: the settings without what concerns fine-tuning only. */
  private static FineTuningSettings pretraining(FineTuningSettings settings) {
    return settings.withRate(1).withMeasureEvery(1);
  }

  private List<Row> run(int run, FineTuningSettings settings, String name) {
    Split split = Split.of(train, settings);
    BatchOrder order =
        BatchOrder.shuffled(
                train, split.others, settings.batchSize(), settings.epochs(), settings.seed())
            .withForgetBatch(split.forget, settings.position());
    SgdTrainer trainer =
        trainer(settings, settings.rate()).withProgress(reporter(name + ": fine-tuning, step"));
    try (Network original = pretrained(settings, split, name);
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, LEFT_OUT)) {
      Measurements measurements = new Measurements(run, settings, split, recorder);
      trainer.trainInLockStep(original, retrained, order, LEFT_OUT, recorder, measurements);
      return measurements.rows;
    }
  }

  /** A new network at w_0. */
  private Network pretrained(FineTuningSettings settings, Split split, String name) {
    Architecture architecture = Architectures.named(settings.model(), train.classes());
    Network network = engine.network(architecture, settings.seed());
    FineTuningSettings key = pretraining(settings);
    if (settings.pretrainingEpochs() > 0 && !pretrained.containsKey(key)) {
      int[] seen = settings.forgetBatchInPretraining() ? split.all() : split.others;
      BatchOrder order =
          BatchOrder.shuffled(
              train,
              seen,
              settings.pretrainingBatchSize(),
              settings.pretrainingEpochs(),
              settings.seed());
      trainer(settings, settings.pretrainingRate())
          .withProgress(reporter(name + ": pre-training, step"))
          .train(network, order);
      pretrained.put(key, network.saveState());
    }
    if (pretrained.containsKey(key)) {
      network.restore(pretrained.get(key));
    }
    return network;
  }

  private static SgdTrainer trainer(FineTuningSettings settings, double rate) {
    return new SgdTrainer(objective(settings), new Schedule.Constant(rate));
  }

  private static Objective objective(FineTuningSettings settings) {
    return Objective.crossEntropy().withGamma(settings.gamma());
  }

  private SgdTrainer.Progress reporter(String what) {
    return (done, of, loss) ->
        progress.accept(String.format("%s %d of %d, loss %.3f", what, done, of, loss));
  }

  /** The forget batch x* and the other examples, by seed. */
  private record Split(Batch forget, int[] others) {

    static Split of(Dataset train, FineTuningSettings settings) {
      int[] drawn = Subsets.stratified(train, settings.examples(), settings.seed());
      Random random = new Random(settings.seed());
      for (int i = drawn.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int swap = drawn[i];
        drawn[i] = drawn[j];
        drawn[j] = swap;
      }
      return new Split(
          Batch.of(train, Arrays.copyOf(drawn, settings.batchSize())),
          Arrays.copyOfRange(drawn, settings.batchSize(), drawn.length));
    }

    int[] all() {
      int[] all = Arrays.copyOf(others, others.length + forget.size());
      System.arraycopy(forget.indices(), 0, all, others.length, forget.size());
      return all;
    }
  }

  /** Measures on the way. */
  private final class Measurements implements StepListener {

    private final int run;
    private final FineTuningSettings settings;
    private final Split split;
    private final ForgettingRecorder recorder;
    private final List<Double> eigenvalues = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();

    Measurements(int run, FineTuningSettings settings, Split split, ForgettingRecorder recorder) {
      this.run = run;
      this.settings = settings;
      this.split = split;
      this.recorder = recorder;
    }

    @Override
    public void afterStep(Step step, StepLosses losses) {
      boolean last = step.stepsDone() == recorder.order().steps();
      if (!last && step.stepsDone() % settings.measureEvery() != 0) {
        return;
      }
      DominantEigenvalue top = dominantEigenvalue(step);
      // The sign is kept where it is known; without convergence the bound stands in.
      eigenvalues.add(top.converged() ? top.value() : top.bound());
      double normDw = recorder.movement();
      rows.add(
          new Row(
              run,
              engine.name(),
              engine.threads(),
              settings,
              step.stepsDone(),
              step.epoch(),
              recorder.visits(),
              verificationError(new SingleGradientUnlearning(), step),
              verificationError(new AmnesiacUnlearning(), step),
              ForgettingDistance.of(step.network(), step.retrainedNetwork()),
              error(UnlearningError.published(), step, normDw),
              error(UnlearningError.oneEta(), step, normDw),
              error(UnlearningError.authorsSquareRoot(), step, normDw),
              top.sigma(),
              top.value(),
              top.residual(),
              top.converged(),
              top.products(),
              normDw,
              losses.original().value(),
              losses.retrained().map(loss -> loss.value()).orElse(Double.NaN),
              last ? testAccuracy(step.network()) : Double.NaN,
              last
                  ? Evaluation.of(step.network(), train, split.forget.indices()).accuracy()
                  : Double.NaN));
    }

    private double testAccuracy(Network network) {
      int[] indices = Subsets.stratified(test, settings.testExamples(), 0);
      return Evaluation.of(network, test, indices).accuracy();
    }

    // From the seeded start each time: a warm one could stay at an eigenvector that has been
    // overtaken, and saves only a seventh of the products.
    private DominantEigenvalue dominantEigenvalue(Step step) {
      try (LinearOperator hessian =
              step.network().hessian(step.batch(), step.objective(), Mode.EVALUATION);
          DominantEigenvalue top = new PowerIteration().withSeed(settings.seed()).run(hessian)) {
        return top;
      }
    }

    private double verificationError(UnlearningMethod method, Step step) {
      try (ParameterVector unlearned = method.unlearnedWeights(recorder);
          ParameterVector retrained = step.retrainedNetwork().weights()) {
        return VerificationError.of(unlearned, retrained);
      }
    }

    private double error(UnlearningError error, Step step, double normDw) {
      return error.of(settings.rate(), normDw, step.stepsDone(), eigenvalues);
    }
  }
}
