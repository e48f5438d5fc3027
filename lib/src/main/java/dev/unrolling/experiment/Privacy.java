package dev.unrolling.experiment;

import dev.unrolling.data.BatchOrder;
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
import java.util.List;
import org.nd4j.linalg.factory.Nd4j;

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
 * <p>A run that was stopped begins afresh.
 */
public final class Privacy implements Computation<PrivacySettings, PrivacyRow> {

  @Override
  public String name() {
    return "privacy";
  }

  @Override
  public int version() {
    return 1;
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
    Omission omission = settings.retraining().omission();
    SgdTrainer trainer = trainer(settings).withProgress(context.reporter("M and M'"));
    PrivacyMeasurements measurements = new PrivacyMeasurements(settings, split);
    trainShadow(settings, split, context, measurements);
    try (Network original = start(settings, split, context);
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
  private static void trainShadow(
      PrivacySettings settings,
      PrivacySplit split,
      RunContext context,
      PrivacyMeasurements measurements) {
    ShadowModel.train(
            context.engine().network(architecture(settings, split), settings.seed() + 1),
            trainer(settings).withProgress(context.reporter("shadow model")),
            split.shadowMembers(),
            settings.batchSize(),
            settings.pretrainingEpochs() + settings.epochs(),
            split.shadowNonMembers(),
            settings.seed(),
            measurements::keep)
        .close();
  }

  /** A network at w_0, with no momentum yet. */
  private static Network start(PrivacySettings settings, PrivacySplit split, RunContext context) {
    Network network = context.engine().network(architecture(settings, split), settings.seed());
    if (settings.pretrainingEpochs() > 0) {
      trainer(settings)
          .withProgress(context.reporter("without x*"))
          .train(
              network,
              BatchOrder.shuffled(
                  split.others().dataset(),
                  split.others().indices(),
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
