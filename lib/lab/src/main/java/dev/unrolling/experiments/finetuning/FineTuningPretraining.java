package dev.unrolling.experiments.finetuning;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.model.Architecture;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What decides w_0 in a run of {@link FineTuning}, beside the engine and its precision: names the
 * state that runs share.
 *
 * @param model as in the settings, like all below
 * @param data set
 * @param examples of the run
 * @param epochs of pre-training
 * @param batchSize of pre-training
 * @param rate eta, of a cycle the greatest
 * @param recipe plain SGD or one cycle
 * @param momentum mu; its running sum is not carried on
 * @param weightDecay weight of the L2 term
 * @param gamma weight of the penalty
 * @param left how many examples, those of x*, are left out
 * @param seed of the examples, the weights and the order
 */
record FineTuningPretraining(
    String model,
    String data,
    int examples,
    int epochs,
    int batchSize,
    double rate,
    FineTuningSettings.Recipe recipe,
    double momentum,
    double weightDecay,
    double gamma,
    int left,
    long seed) {

  private static final double RECIPE_MOMENTUM = 0.9;
  private static final double RECIPE_WEIGHT_DECAY = 5e-4;
  private static final int RECIPE_PADDING = 4;

  static FineTuningPretraining of(FineTuningSettings s) {
    boolean plain = s.pretrainingRecipe() == FineTuningSettings.Recipe.PLAIN;
    return new FineTuningPretraining(
        s.model(),
        s.data(),
        s.examples(),
        s.pretrainingEpochs(),
        s.pretrainingBatchSize(),
        s.pretrainingRate(),
        s.pretrainingRecipe(),
        plain ? s.momentum() : RECIPE_MOMENTUM,
        plain ? s.weightDecay() : RECIPE_WEIGHT_DECAY,
        s.gamma(),
        s.forgetBatchInPretraining() ? 0 : s.batchSize(),
        s.seed());
  }

  /**
   * The network after it.
   *
   * @param forget x*, left out unless the settings have it in pre-training
   * @param others indices of the other examples
   */
  static NetworkState train(
      FineTuningSettings settings, Batch forget, int[] others, RunContext context) {
    Architecture architecture = FineTuning.architecture(settings, forget.dataset());
    try (Network network = context.engine().network(architecture, settings.seed())) {
      if (settings.pretrainingEpochs() == 0) {
        return network.saveState();
      }
      IntStream added =
          settings.forgetBatchInPretraining() ? Arrays.stream(forget.indices()) : IntStream.empty();
      BatchOrder order =
          BatchOrder.shuffled(
              forget.dataset(),
              IntStream.concat(Arrays.stream(others), added).toArray(),
              settings.pretrainingBatchSize(),
              settings.pretrainingEpochs(),
              settings.seed());
      SgdTrainer trainer =
          FineTuning.trainer(settings)
              .withSchedule(Schedule.constant(settings.pretrainingRate()))
              .withProgress(context.reporter("pre-training"));
      return switch (settings.pretrainingRecipe()) {
        case PLAIN -> context.train(network, trainer, order);
        case ONE_CYCLE ->
            context.train(
                network,
                trainer
                    .withObjective(
                        FineTuning.objective(settings).withWeightDecay(RECIPE_WEIGHT_DECAY))
                    .withSchedule(Schedule.oneCycle(settings.pretrainingRate()))
                    .withMomentum(RECIPE_MOMENTUM),
                order.augmented(RECIPE_PADDING, settings.seed()));
      };
    }
  }
}
