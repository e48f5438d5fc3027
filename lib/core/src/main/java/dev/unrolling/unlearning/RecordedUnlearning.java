package dev.unrolling.unlearning;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import java.util.Optional;

/**
 * A method that needs the record of the run from w_0. Works at any step of the run from what a
 * {@link ForgettingRecorder} has seen so far, and changes nothing.
 */
public interface RecordedUnlearning extends UnlearningMethod {

  /**
   * Whether the two ends of the run and its order are all that it reads of a record, so that nobody
   * need have watched the steps between.
   */
  default boolean readsEndsAlone() {
    return false;
  }

  /**
   * The weights w'' of the unlearned model.
   *
   * @param recorder a listener of the run, up to date with its network
   * @return a new vector that the caller closes
   * @throws IllegalStateException if the recorder has watched no step
   */
  ParameterVector unlearnedWeights(ForgettingRecorder recorder);

  /**
   * The share of what is forgotten in M's running sum of momentum, which would otherwise go on
   * moving the unlearned model. The running sum is \( v_{k+1} = \mu v_k + g_k \), so that what a
   * visit s put into it is there \( \mu^{t-1-s} \) times after t steps, and moves the weights by
   * that times \( \eta \mu / (1 - \mu) \) more if training goes on: to first order \( v'' = v_t -
   * \sum_s \mu^{t-1-s} \nabla L(w_0, x^*) \), with the gradients that the method undoes the visits
   * by. As with the weights, a model retrained with skipped steps differs from that in first order
   * by what these steps made of the other batches' momentum; amnesiac unlearning knows it.
   *
   * @param recorder a listener of the run, up to date with its network
   * @return a new vector that the caller closes; empty without momentum
   */
  default Optional<ParameterVector> velocityShare(ForgettingRecorder recorder) {
    return recorder.velocityShare();
  }

  /**
   * The unlearned model M''. Its running sum of momentum is M's without {@link #velocityShare}, so
   * that it can be trained on. It carries M's running statistics, which no formula for weights
   * touches; a retrained one has its own.
   *
   * @param recorder a listener of the run, up to date with its network
   * @return a new network that the caller closes
   * @throws IllegalStateException if the recorder has watched no step
   */
  default Network unlearnedNetwork(ForgettingRecorder recorder) {
    Network unlearned = recorder.network().copy();
    try (ParameterVector weights = unlearnedWeights(recorder)) {
      unlearned.setWeights(weights);
    }
    velocityShare(recorder).ifPresent(share -> takeOutOfVelocity(unlearned, share));
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

  private static void takeOutOfVelocity(Network unlearned, ParameterVector share) {
    NetworkState state = unlearned.saveState();
    try (share;
        ParameterVector velocity = unlearned.vector(state.velocity())) {
      unlearned.restore(
          new NetworkState(
              state.weights(),
              state.runningStatistics(),
              velocity.addInPlace(-1, share).toArray()));
    }
  }
}
