package dev.unrolling.experiments.privacy;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Network;
import dev.unrolling.metrics.RunningStatistics;
import dev.unrolling.metrics.VerificationError;
import dev.unrolling.privacy.AreaUnderCurve;
import dev.unrolling.privacy.EntropySample;
import dev.unrolling.privacy.ModifiedEntropy;
import dev.unrolling.privacy.PrivacyRiskScore;
import dev.unrolling.privacy.ShadowModel;
import dev.unrolling.training.Evaluation;
import dev.unrolling.training.Logits;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.unlearning.CheckpointedUnlearning;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import dev.unrolling.unlearning.recording.CheckpointRecorder;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.GradientFactor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Measures a run of {@link Privacy} on its way: M, M' and each M'' after 1, 2, 4 ... visits of x*
 * and after the last, by the scores of a shadow model as old as M.
 */
final class PrivacyMeasurements implements StepListener {

  /** What a shadow model of some age gives. */
  record Shadow(PrivacyRiskScore score, double memberAccuracy, double nonMemberAccuracy) {}

  /**
   * What has been measured so far, to go on with after an interruption.
   *
   * @param shadows by the visits at which M is as old
   * @param rows of the table
   */
  record Measured(Map<Integer, Shadow> shadows, List<PrivacyRow> rows) {}

  /** What a model says of some examples. */
  private record Answers(PrivacyRiskScore.Scores scores, double meanEntropy, double accuracy) {}

  private final PrivacySettings settings;
  private final PrivacySplit split;
  private final Map<Integer, Shadow> shadows = new LinkedHashMap<>();
  private final Map<String, Supplier<Network>> unlearned = new LinkedHashMap<>();
  private final List<PrivacyRow> rows = new ArrayList<>();

  /**
   * @param settings of the run
   * @param split who sees what
   */
  PrivacyMeasurements(PrivacySettings settings, PrivacySplit split) {
    this.settings = settings;
    this.split = split;
  }

  /** Keeps the scores of a shadow model at the ages at which M is measured. */
  void keep(int epochs, ShadowModel shadow) {
    int visits = epochs - settings.pretrainingEpochs();
    if (settings.isMeasuredAfter(visits)) {
      shadows.put(
          visits,
          new Shadow(
              shadow.riskScore(settings.entropy(), settings.spacing(), settings.bins()),
              shadow.memberAccuracy(),
              shadow.nonMemberAccuracy()));
    }
  }

  /** Takes the recorders of the run, which are called before this. */
  void watch(ForgettingRecorder recorder, CheckpointRecorder visits) {
    unlearned.put(
        PrivacyVerdicts.SINGLE_GRADIENT,
        () -> new SingleGradientUnlearning().unlearnedNetwork(recorder));
    unlearned.put(
        PrivacyVerdicts.CORRECTED,
        () ->
            new SingleGradientUnlearning(GradientFactor.MOMENTUM_CORRECTED)
                .unlearnedNetwork(recorder));
    unlearned.put(
        PrivacyVerdicts.EACH_VISIT,
        () -> new CheckpointedUnlearning(visits).unlearnedNetwork(recorder));
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    int visits = step.epoch() + 1;
    if (!step.forgetVisit() || !settings.isMeasuredAfter(visits)) {
      return;
    }
    Network retrained = step.retrainedNetwork();
    add(visits, PrivacyVerdicts.ORIGINAL, step.network(), retrained, step.batch());
    add(visits, PrivacyVerdicts.RETRAINED, retrained, retrained, step.batch());
    unlearned.forEach(
        (name, maker) -> {
          try (Network network = maker.get()) {
            add(visits, name, network, retrained, step.batch());
          }
        });
  }

  private void add(int visits, String method, Network network, Network retrained, Batch forget) {
    Shadow shadow = shadows.get(visits);
    Answers onForget = answers(shadow, network, forget);
    Answers onTest = answers(shadow, network, split.test());
    Optional<PrivacyRiskScore.Scores> members =
        unlearned.containsKey(method)
            ? Optional.empty()
            : Optional.of(answers(shadow, network, split.others()).scores);
    rows.add(
        new PrivacyRow(
            network.engine().name(),
            network.engine().threads(),
            settings,
            visits,
            method,
            VerificationError.value(network, retrained),
            onForget.scores.mean(),
            onForget.scores.meanChange(answers(shadow, retrained, forget).scores),
            riskAtEqualStatistics(shadow, network, retrained, forget),
            onForget.meanEntropy,
            onForget.scores.undefined(),
            onForget.accuracy,
            onTest.accuracy,
            members.map(PrivacyRiskScore.Scores::mean).orElse(Double.NaN),
            onTest.scores.mean(),
            members
                .map(scores -> AreaUnderCurve.of(scores.values(), onTest.scores.values()))
                .orElse(Double.NaN),
            shadow.memberAccuracy,
            shadow.nonMemberAccuracy,
            shadow.score.emptyBins()));
  }

  private double riskAtEqualStatistics(
      Shadow shadow, Network network, Network retrained, Batch forget) {
    try (Network adapted = RunningStatistics.transplant(network, retrained)) {
      return answers(shadow, adapted, forget).scores.mean();
    }
  }

  private Answers answers(Shadow shadow, Network network, Batch examples) {
    double[][] logits = Logits.of(network, examples);
    int[] labels = examples.labels();
    EntropySample entropies = ModifiedEntropy.of(logits, labels, settings.entropy());
    return new Answers(
        shadow.score.scores(entropies), entropies.mean(), Evaluation.of(logits, labels).accuracy());
  }

  /** All that has been measured. */
  Measured measured() {
    return new Measured(new LinkedHashMap<>(shadows), List.copyOf(rows));
  }

  /** Goes on from what was measured before. */
  void resume(Measured earlier) {
    shadows.putAll(earlier.shadows());
    rows.addAll(earlier.rows());
  }

  /** What was measured so far. */
  List<PrivacyRow> rows() {
    return List.copyOf(rows);
  }
}
