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
import dev.unrolling.unlearning.ForgettingRecorder;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.UnlearningError;
import dev.unrolling.unlearning.UnlearningMethod;
import java.util.ArrayList;
import java.util.List;

/** Measures a run of {@link FineTuningExperiment} on its way. */
final class FineTuningMeasurements implements StepListener {

  private final int run;
  private final FineTuningSettings settings;
  private final Batch forget;
  private final Batch test;
  private final ForgettingRecorder recorder;
  private final List<Double> eigenvalues = new ArrayList<>();
  private final List<FineTuningRow> rows = new ArrayList<>();

  /**
   * @param run number of the run
   * @param settings of the run
   * @param test examples for the accuracy at the end
   * @param recorder of the run, called before this
   */
  FineTuningMeasurements(
      int run, FineTuningSettings settings, Batch test, ForgettingRecorder recorder) {
    this.run = run;
    this.settings = settings;
    this.forget = recorder.order().forgetBatch();
    this.test = test;
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
        new FineTuningRow(
            run,
            step.network().engine().name(),
            step.network().engine().threads(),
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
            last ? accuracy(step.network(), test) : Double.NaN,
            last ? accuracy(step.network(), forget) : Double.NaN,
            last ? Evaluation.logitDeviation(step.network(), test) : Double.NaN));
  }

  /** What was measured so far. */
  List<FineTuningRow> rows() {
    return List.copyOf(rows);
  }

  private static double accuracy(Network network, Batch examples) {
    return Evaluation.of(network, examples.dataset(), examples.indices()).accuracy();
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
