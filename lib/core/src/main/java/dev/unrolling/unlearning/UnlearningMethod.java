package dev.unrolling.unlearning;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;

/**
 * A way to make M'' from M: weights as if what is to be forgotten had never been trained on. Works
 * at any step of a run from what a {@link ForgettingRecorder} has seen so far, and changes nothing.
 */
public sealed interface UnlearningMethod
    permits AmnesiacUnlearning, CheckpointedUnlearning, Retraining, SingleGradientUnlearning {

  /** A name for tables and figures. */
  String displayName();

  /**
   * The weights w'' of the unlearned model.
   *
   * @param recorder a listener of the run, up to date with its network
   * @return a new vector that the caller closes
   */
  ParameterVector unlearnedWeights(ForgettingRecorder recorder);

  /**
   * The unlearned model M''. It carries M's running statistics, which no formula for weights
   * touches; a retrained one has its own.
   *
   * @param recorder a listener of the run, up to date with its network
   * @return a new network that the caller closes
   */
  default Network unlearnedNetwork(ForgettingRecorder recorder) {
    Network unlearned = recorder.network().copy();
    try (ParameterVector weights = unlearnedWeights(recorder)) {
      unlearned.setWeights(weights);
    }
    return unlearned;
  }
}
