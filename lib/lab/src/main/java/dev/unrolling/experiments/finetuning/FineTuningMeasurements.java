package dev.unrolling.experiments.finetuning;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.metrics.ForgettingDistance;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.unlearning.AmnesiacUnlearning;
import dev.unrolling.unlearning.RecordedUnlearning;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.theory.CheckpointedError;
import dev.unrolling.unlearning.theory.Sigma;
import dev.unrolling.unlearning.theory.UnlearningError;
import dev.unrolling.unlearning.theory.UnlearningErrorRecorder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Measures a run of {@link FineTuning} on its way. */
final class FineTuningMeasurements implements StepListener, AutoCloseable {

  /**
   * What has been measured so far, to go on with after an interruption.
   *
   * @param errors of the recorder of the unlearning error
   * @param rows of the table
   * @param checkpointed of the checkpointed error; empty where there is none
   */
  record Measured(
      UnlearningErrorRecorder.Collected errors,
      List<FineTuningRow> rows,
      List<CheckpointedError.Measured> checkpointed) {}

  private static final Evaluation NOT_YET = new Evaluation(Double.NaN, Double.NaN, Double.NaN, 0);

  private final FineTuningSettings settings;
  private final Batch forget;
  private final Batch test;
  private final ForgettingRecorder recorder;
  private final UnlearningErrorRecorder errors;
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
    this.errors = FineTuning.errors(settings, recorder);
    this.checkpointed =
        settings.checkpointEvery() == 0
            ? Optional.empty()
            : Optional.of(
                new CheckpointedError(new CheckpointSpacing(settings.checkpointEvery()), errors));
  }

  @Override
  public void beforeStep(Step step) {
    errors.beforeStep(step);
    checkpointed.ifPresent(error -> error.beforeStep(step));
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    errors.afterStep(step, losses);
    checkpointed.ifPresent(error -> error.afterStep(step, losses));
    errors.justMeasured().ifPresent(measurement -> add(step, losses, measurement));
  }

  private void add(Step step, StepLosses losses, UnlearningErrorRecorder.Measurement measured) {
    boolean last = step.stepsDone() == recorder.order().steps();
    Evaluation tested = last ? evaluation(step, test) : NOT_YET;
    Evaluation forgotten = last ? evaluation(step, forget) : NOT_YET;
    Sigma sigma = measured.sigma();
    rows.add(
        new FineTuningRow(
            step.network().engine().name(),
            step.network().engine().threads(),
            settings,
            step.stepsDone(),
            step.epoch(),
            recorder.visits(),
            verificationError(FineTuning.singleGradient(settings), step),
            verificationError(new AmnesiacUnlearning(), step),
            ForgettingDistance.value(step.network(), step.retrainedNetwork()),
            measured.e(),
            measured.e1(),
            errors.value(UnlearningError.authorsSquareRoot()),
            checkpointed.map(c -> c.value(UnlearningError.published())).orElse(Double.NaN),
            checkpointed.map(c -> c.value(UnlearningError.oneEta())).orElse(Double.NaN),
            sigma.value(),
            sigma.eigenvalue(),
            sigma.residual(),
            sigma.converged(),
            sigma.products(),
            measured.movement(),
            losses.original().value(),
            losses.retrained().map(loss -> loss.value()).orElse(Double.NaN),
            tested.accuracy(),
            forgotten.accuracy(),
            tested.logitDeviation()));
  }

  /** All that has been measured. */
  Measured measured() {
    return new Measured(
        errors.collected(),
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
    errors.resume(earlier.errors());
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
    errors.close();
  }

  /** What was measured so far. */
  List<FineTuningRow> rows() {
    return List.copyOf(rows);
  }

  private static Evaluation evaluation(Step step, Batch examples) {
    return Evaluation.of(step.network(), examples.dataset(), examples.indices());
  }

  private double verificationError(RecordedUnlearning method, Step step) {
    try (ParameterVector unlearned = method.unlearnedWeights(recorder);
        ParameterVector retrained = step.retrainedNetwork().weights()) {
      return VerificationError.value(unlearned, retrained);
    }
  }
}
