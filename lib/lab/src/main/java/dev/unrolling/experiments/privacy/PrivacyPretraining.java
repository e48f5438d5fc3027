package dev.unrolling.experiments.privacy;

/**
 * What decides w_0 in a run of {@link Privacy}: names the state that runs share.
 *
 * @param model as in the settings, like all below
 * @param data set
 * @param half examples of M's half, the last batch of which is x* and left out
 * @param epochs without x*
 * @param batchSize b
 * @param rate eta
 * @param momentum mu; its running sum is not carried on
 * @param weightDecay weight of the L2 term
 * @param gamma weight of the penalty
 * @param seed of the half, the weights and the order
 */
record PrivacyPretraining(
    String model,
    String data,
    int half,
    int epochs,
    int batchSize,
    double rate,
    double momentum,
    double weightDecay,
    double gamma,
    long seed) {

  static PrivacyPretraining of(PrivacySettings s) {
    return new PrivacyPretraining(
        s.model(),
        s.data(),
        s.examples(),
        s.pretrainingEpochs(),
        s.batchSize(),
        s.rate(),
        s.momentum(),
        s.weightDecay(),
        s.gamma(),
        s.seed());
  }
}
