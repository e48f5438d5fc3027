package dev.unrolling.unlearning;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;

/**
 * A method that needs the record of the run from w_0. Works at any step of the run from what a
 * {@link ForgettingRecorder} has seen so far, and changes nothing.
 */
public interface RecordedUnlearning extends UnlearningMethod {

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

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if there is no record, or one of another network or of other
   *     examples
   */
  @Override
  default Network unlearn(UnlearningRequest request) {
    return unlearnedNetwork(request.requireRecord(name()));
  }
}
