package dev.unrolling.engine.dl4j;

import java.util.List;
import java.util.Locale;

/**
 * What single gradient unlearning did to a model, and what it rests on.
 *
 * @param factor of the gradient
 * @param batchSize examples in the visited batches
 * @param retrained what the retrained model is taken to do at the visits
 * @param gradientNorm norm of the mean gradient at w_0, over trained weights
 * @param moved norm of what was added to the weights
 * @param momentum what became of the updater's velocity
 * @param frozenLayers layers that training did not move, and unlearning neither
 * @param runningStatistics whether the model has batch norm, whose running statistics stay those of
 *     the trained model, which saw what is forgotten
 * @param statements of the user that it rests on
 */
public record UnlearningReport(
    double factor,
    int batchSize,
    RetrainedStep retrained,
    double gradientNorm,
    double moved,
    Momentum momentum,
    List<String> frozenLayers,
    boolean runningStatistics,
    List<UserStatement> statements) {

  /** What became of the velocity of {@code Nesterovs}. */
  public enum Momentum {
    /** There is none: another updater, or it was not saved. */
    NONE("the model keeps no momentum"),
    /** The share of what is forgotten was taken out, to first order, as from the weights. */
    SHARE_REMOVED("the share of what is forgotten was taken out of the momentum"),
    /**
     * All of it was set to zero, since the record does not tell that share: further training starts
     * without momentum, which a retrained model would have.
     */
    CLEARED(
        "the momentum was cleared, that of the other batches too, since the record by hand does not"
            + " tell the share of what is forgotten; ForgettingRecord.nesterovs does");

    private final String sentence;

    Momentum(String sentence) {
      this.sentence = sentence;
    }
  }

  /** In sentences, a line each. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "added %.4g times the mean gradient of %d examples at w_0 (norm %.4g): the weights"
                + " moved by %.4g%n",
            factor,
            batchSize,
            gradientNorm,
            moved));
    text.append(
        retrained == RetrainedStep.SKIPPED
            ? "compared with a model that skips the visits; their regularisation is undone"
            : "compared with a model that steps there without data; regularisation stays");
    text.append(System.lineSeparator()).append(momentum.sentence);
    if (runningStatistics) {
      text.append(System.lineSeparator())
          .append("running statistics of batch norm stay, which saw what is forgotten");
    }
    if (!frozenLayers.isEmpty()) {
      text.append(System.lineSeparator()).append("frozen, and as before: ").append(frozenLayers);
    }
    statements.forEach(statement -> text.append(System.lineSeparator()).append(statement));
    return text.toString();
  }
}
