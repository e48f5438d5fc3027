package dev.unrolling.experiments.benchmark;

import dev.unrolling.settings.SettingsJson;

/**
 * What decides how a network of a run is trained: names the states that runs share.
 *
 * @param network which of the run's networks
 * @param model as in the settings, like all below
 * @param data set
 * @param protocol what is forgotten
 * @param forgetSet which one
 * @param share of a random one
 * @param examples that are drawn
 * @param epochs of training
 * @param batchSize b
 * @param rate eta
 * @param recipe how
 * @param seed of the examples and the weights
 */
record BenchmarkTraining(
    String network,
    String model,
    String data,
    BenchmarkSettings.Protocol protocol,
    int forgetSet,
    double share,
    int examples,
    int epochs,
    int batchSize,
    double rate,
    BenchmarkSettings.Recipe recipe,
    long seed) {

  static BenchmarkTraining of(String network, BenchmarkSettings s) {
    return new BenchmarkTraining(
        network,
        s.model(),
        s.data(),
        s.protocol(),
        s.forgetSet(),
        s.share(),
        s.examples(),
        s.epochs(),
        s.batchSize(),
        s.rate(),
        s.recipe(),
        s.seed());
  }

  /** Of what is trained on the same examples whatever is forgotten. */
  static BenchmarkTraining ofAnyForgetSet(String network, BenchmarkSettings s) {
    return of(
        network,
        SettingsJson.with(
            s,
            "protocol",
            BenchmarkSettings.Protocol.POINTS,
            "forgetSet",
            0,
            "share",
            BenchmarkSettings.SHARE));
  }
}
