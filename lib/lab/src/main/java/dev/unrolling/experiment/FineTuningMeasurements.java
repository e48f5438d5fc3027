package dev.unrolling.experiment;

import dev.unrolling.curvature.DominantEigenvalue;
import dev.unrolling.curvature.PowerIteration;
import dev.unrolling.data.Batch;
import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.metrics.ForgettingDistance;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.unlearning.AmnesiacUnlearning;
import dev.unrolling.unlearning.CheckpointSpacing;
import dev.unrolling.unlearning.CheckpointedError;
import dev.unrolling.unlearning.ForgettingRecorder;
import dev.unrolling.unlearning.RecordedUnlearning;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.UnlearningError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Measures a run of {@link FineTuning} on its way. */
final class FineTuningMeasurements implements StepListener, AutoCloseable {

  /**
   * What has been measured so far, to go on with after an interruption.
   *
   * @param eigenvalues in order
   * @param rows of the table
   * @param checkpointed of the checkpointed error; empty where there is none
   */
  record Measured(
      List<Double> eigenvalues,
      List<FineTuningRow> rows,
      List<CheckpointedError.Measured> checkpointed) {}

  private final FineTuningSettings settings;
  private final Batch forget;
  private final Batch test;
  private final ForgettingRecorder recorder;
  private final List<Double> eigenvalues = new ArrayList<>();
  private final List<FineTuningRow> rows = new ArrayList<>();
  private final Optional<CheckpointedError> checkpointed;

  /**
   * @param settings of the run
   * @param test examples for the accuracy at the end
   * @param recorder of the run, called before this
   */
  FineTuningMeasurements(FineTuningSettings settings, Batch test, ForgettingRecorder recorder) {
    this.settings = settings;
    this.forget = recorder.order().forgetBatch();
    this.test = test;
    this.recorder = recorder;
    this.checkpointed =
        settings.checkpointEvery() == 0
            ? Optional.empty()
            : Optional.of(
                new CheckpointedError(
                    new CheckpointSpacing(settings.checkpointEvery()), recorder.startWeights()));
  }

  @Override
  public void beforeStep(Step step) {
    checkpointed.ifPresent(error -> error.beforeStep(step));
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    checkpointed.ifPresent(error -> error.afterStep(step, losses));
    boolean last = step.stepsDone() == recorder.order().steps();
    if (!last && step.stepsDone() % settings.measureEvery() != 0) {
      return;
    }
    DominantEigenvalue top = uninterrupted(step);
    // The sign is kept where it is known; without convergence the bound stands in.
    double eigenvalue = top.converged() ? top.value() : top.bound();
    eigenvalues.add(eigenvalue);
    checkpointed.ifPresent(error -> error.addEigenvalue(eigenvalue));
    double normDw = recorder.movement();
    rows.add(
        new FineTuningRow(
            step.network().engine().name(),
            step.network().engine().threads(),
            settings,
            step.stepsDone(),
            step.epoch(),
            recorder.visits(),
            verificationError(new SingleGradientUnlearning(factor()), step),
            verificationError(new AmnesiacUnlearning(), step),
            ForgettingDistance.of(step.network(), step.retrainedNetwork()),
            error(UnlearningError.published(), step, normDw),
            error(UnlearningError.oneEta(), step, normDw),
            error(UnlearningError.authorsSquareRoot(), step, normDw),
            checkpointed.map(c -> c.of(UnlearningError.published())).orElse(Double.NaN),
            checkpointed.map(c -> c.of(UnlearningError.oneEta())).orElse(Double.NaN),
            top.sigma(),
            top.value(),
            top.residual(),
            top.converged(),
            top.products(),
            normDw,
            losses.original().value(),
            losses.retrained().map(loss -> loss.value()).orElse(Double.NaN),
            last ? accuracy(step.network(), test) : Double.NaN,
            last ? accuracy(step.network(), forget) : Double.NaN,
            last ? Evaluation.logitDeviation(step.network(), test) : Double.NaN));
  }

  // With momentum a visit goes on moving the weights (section 2.2); without, both are the same.
  private SingleGradientUnlearning.Factor factor() {
    return settings.momentum() > 0
        ? SingleGradientUnlearning.Factor.MOMENTUM_CORRECTED
        : SingleGradientUnlearning.Factor.SUM_OF_RATES;
  }

  /** All that has been measured. */
  Measured measured() {
    return new Measured(
        List.copyOf(eigenvalues),
        List.copyOf(rows),
        checkpointed.map(CheckpointedError::measured).stream().toList());
  }

  /** Weights at the last checkpoint of the checkpointed error, if that is measured. */
  Optional<INDArray> segmentStart() {
    return checkpointed.map(error -> error.segmentStart().toArray());
  }

  /**
   * Goes on from what was measured before.
   *
   * @param segmentStart as {@link #segmentStart} gave it
   */
  void resume(Measured earlier, Optional<INDArray> segmentStart) {
    eigenvalues.addAll(earlier.eigenvalues());
    rows.addAll(earlier.rows());
    if (checkpointed.isPresent()) {
      try (ParameterVector start = recorder.network().vector(segmentStart.orElseThrow())) {
        checkpointed.get().resume(earlier.checkpointed().get(0), start);
      }
    }
  }

  @Override
  public void close() {
    checkpointed.ifPresent(CheckpointedError::close);
  }

  /** What was measured so far. */
  List<FineTuningRow> rows() {
    return List.copyOf(rows);
  }

  private static double accuracy(Network network, Batch examples) {
    return Evaluation.of(network, examples.dataset(), examples.indices()).accuracy();
  }

  // An interrupted run keeps the step that it was taking, so the step's measurement is finished.
  private DominantEigenvalue uninterrupted(Step step) {
    boolean interrupted = Thread.interrupted();
    while (true) {
      try {
        DominantEigenvalue top = dominantEigenvalue(step);
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
        return top;
      } catch (CancellationException again) {
        Thread.interrupted();
        interrupted = true;
      }
    }
  }

  // From the seeded start each time: a warm one could stay at an eigenvector that has been
  // overtaken, and saves only a fifth of the products.
  private DominantEigenvalue dominantEigenvalue(Step step) {
    try (LinearOperator hessian =
            step.network().hessian(step.batch(), step.objective(), Mode.EVALUATION);
        DominantEigenvalue top = new PowerIteration().withSeed(settings.seed()).run(hessian)) {
      return top;
    }
  }

  private double verificationError(RecordedUnlearning method, Step step) {
    try (ParameterVector unlearned = method.unlearnedWeights(recorder);
        ParameterVector retrained = step.retrainedNetwork().weights()) {
      return VerificationError.of(unlearned, retrained);
    }
  }

  private double error(UnlearningError error, Step step, double normDw) {
    return error.of(settings.rate(), normDw, step.stepsDone(), eigenvalues);
  }
}
