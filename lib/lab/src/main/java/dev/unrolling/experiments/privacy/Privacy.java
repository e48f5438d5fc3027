package dev.unrolling.experiments.privacy;

import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiment.StateKeeper;
import dev.unrolling.experiment.StateListener;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.privacy.ShadowModel;
import dev.unrolling.training.Removal;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.saved.SavedRun;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.recording.CheckpointRecorder;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.recording.VisitCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Experiment E6: the privacy risk score of x* under M, M' and M'' against the verification error v.
 * A run gives a row for each number of visits of x* (1, 2, 4 ... and the last) and each model.
 *
 * <p>The authors' script leaves the first batch out of M' while x* is the last one, scores in
 * training mode, feeds logits where probabilities belong and cuts the bins of members and
 * non-members differently. Here M' leaves out x*, answers come with running statistics, the
 * modified entropy gets probabilities unless the settings say otherwise, and a class has one set of
 * bins.
 *
 * <p>A run trains the shadow model first, then M without x*, then M and M' in lock step, and goes
 * on from any step of the three.
 */
public final class Privacy implements Computation<PrivacySettings, PrivacyRow> {

  /** What the recorders of M and M' have counted. */
  private record Counts(VisitCounts forgetting, CheckpointRecorder.Counts visits) {}

  /**
   * What a stopped run has beside states. These are that of the shadow model while it is trained,
   * then none, then those of M, of M' and what the recorders hold.
   *
   * @param measured so far
   * @param shadowTrained whether the shadow model has taken its last step
   * @param counts empty until M and M' have taken a step
   */
  private record Notes(
      PrivacyMeasurements.Measured measured, boolean shadowTrained, List<Counts> counts) {}

  /** Where a run stopped. */
  private record Stopped(SavedRun state, Notes notes) {

    static Optional<Stopped> of(RunContext context) {
      return context
          .resume()
          .map(state -> new Stopped(state, RunContext.notes(state, Notes.class)));
    }
  }

  @Override
  public String name() {
    return "privacy";
  }

  /** Since 2 rows have the area under the attack's curve. */
  @Override
  public int version() {
    return 2;
  }

  @Override
  public String data(PrivacySettings settings) {
    return settings.data();
  }

  @Override
  public Class<PrivacyRow> rowType() {
    return PrivacyRow.class;
  }

  @Override
  public List<PrivacyRow> run(PrivacySettings settings, RunContext context) {
    PrivacySplit split = PrivacySplit.of(context.data().of(settings.data()), settings);
    BatchOrder order =
        BatchOrder.shuffled(
                split.others().dataset(),
                split.others().indices(),
                settings.batchSize(),
                settings.epochs(),
                settings.seed() + 1)
            .withForgetBatch(split.forget(), BatchOrder.Position.LAST);
    Removal removal = settings.retraining().removal();
    SgdTrainer trainer = trainer(settings).withProgress(context.reporter("M and M'"));
    PrivacyMeasurements measurements = new PrivacyMeasurements(settings, split);
    Optional<Stopped> stopped = Stopped.of(context);
    stopped.ifPresent(run -> measurements.resume(run.notes().measured()));
    if (!stopped.map(run -> run.notes().shadowTrained()).orElse(false)) {
      trainShadow(settings, split, context, measurements, stopped);
    }
    NetworkState start =
        context
            .shared()
            .get(PrivacyPretraining.of(settings), work -> pretrain(settings, split, work));
    try (Network original = context.network(architecture(settings, split), start);
        Network retrained = original.copy();
        ForgettingRecorder recorder = new ForgettingRecorder(original, order, trainer, removal);
        CheckpointRecorder visits =
            new CheckpointRecorder(recorder, CheckpointSpacing.everyStep())) {
      measurements.watch(recorder, visits);
      int first =
          stopped
              .filter(run -> !run.notes().counts().isEmpty())
              .map(run -> resume(run, original, retrained, recorder, visits))
              .orElse(0);
      trainer
          .withFirstStep(first)
          .trainInLockStep(
              original,
              retrained,
              order,
              removal,
              recorder,
              visits,
              measurements,
              new StateListener(
                  context,
                  step -> state(context, original, retrained, recorder, visits, measurements)));
      return measurements.rows();
    }
  }

  private static SavedRun state(
      RunContext context,
      Network original,
      Network retrained,
      ForgettingRecorder recorder,
      CheckpointRecorder visits,
      PrivacyMeasurements measurements) {
    ForgettingRecorder.Collected forgetting = recorder.collected();
    CheckpointRecorder.Collected visited = visits.collected();
    List<NetworkState> states =
        new ArrayList<>(List.of(original.saveState(), retrained.saveState()));
    forgetting.vectors().forEach(vector -> states.add(NetworkState.of(vector)));
    visited.vectors().forEach(vector -> states.add(NetworkState.of(vector)));
    Counts counts = new Counts(forgetting.counts(), visited.counts());
    return context.savedRun(
        recorder.stepsDone(), states, new Notes(measurements.measured(), true, List.of(counts)));
  }

  /** Puts all back where M and M' stopped; gives the next step. */
  private static int resume(
      Stopped stopped,
      Network original,
      Network retrained,
      ForgettingRecorder recorder,
      CheckpointRecorder visits) {
    Counts counts = stopped.notes().counts().get(0);
    List<NetworkState> states = stopped.state().networks();
    original.restore(states.get(0));
    retrained.restore(states.get(1));
    List<INDArray> vectors = states.stream().skip(2).map(NetworkState::weights).toList();
    int recorded = recorder.collected().vectors().size();
    recorder.resume(
        new ForgettingRecorder.Collected(counts.forgetting(), vectors.subList(0, recorded)));
    visits.resume(
        new CheckpointRecorder.Collected(
            counts.visits(), vectors.subList(recorded, vectors.size())));
    return stopped.state().step();
  }

  /** Trains it as long as M, on as many examples that M has not seen. */
  private static void trainShadow(
      PrivacySettings settings,
      PrivacySplit split,
      RunContext context,
      PrivacyMeasurements measurements,
      Optional<Stopped> stopped) {
    Network network = context.engine().network(architecture(settings, split), settings.seed() + 1);
    stopped.ifPresent(run -> network.restore(run.state().networks().get(0)));
    SgdTrainer trainer =
        trainer(settings)
            .withProgress(context.reporter("shadow model"))
            .withFirstStep(stopped.map(run -> run.state().step()).orElse(0));
    ShadowModel.train(
            network,
            trainer,
            split.shadowMembers(),
            settings.batchSize(),
            settings.pretrainingEpochs() + settings.epochs(),
            split.shadowNonMembers(),
            settings.seed(),
            measurements::keep,
            new StateListener(
                context,
                step ->
                    context.savedRun(
                        step.stepsDone(),
                        List.of(network.saveState()),
                        new Notes(measurements.measured(), false, List.of()))))
        .close();
    new StateKeeper(context)
        .keep(
            () ->
                context.savedRun(
                    0, List.of(), new Notes(measurements.measured(), true, List.of())));
  }

  /** The weights w_0, with no momentum yet. */
  private static NetworkState pretrain(
      PrivacySettings settings, PrivacySplit split, RunContext context) {
    try (Network network =
        context.engine().network(architecture(settings, split), settings.seed())) {
      if (settings.pretrainingEpochs() == 0) {
        return network.saveState();
      }
      BatchOrder order =
          BatchOrder.shuffled(
              split.others().dataset(),
              split.others().indices(),
              settings.batchSize(),
              settings.pretrainingEpochs(),
              settings.seed());
      SgdTrainer trainer = trainer(settings).withProgress(context.reporter("without x*"));
      return context.train(network, trainer, order).withoutVelocity();
    }
  }

  private static Architecture architecture(PrivacySettings settings, PrivacySplit split) {
    return Architectures.named(settings.model(), split.forget().dataset().classes());
  }

  private static SgdTrainer trainer(PrivacySettings settings) {
    return new SgdTrainer(
            Objective.crossEntropy()
                .withGamma(settings.gamma())
                .withWeightDecay(settings.weightDecay()),
            Schedule.constant(settings.rate()))
        .withMomentum(settings.momentum());
  }
}
