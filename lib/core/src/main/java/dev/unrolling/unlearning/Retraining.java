package dev.unrolling.unlearning;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.SgdTrainer;

/**
 * Naive retraining: the run again from its start, each visit of what is to be forgotten left out.
 * The result is M' itself, at the cost of all steps so far; its verification error is 0, bit for
 * bit where the engine repeats its bits.
 */
public record Retraining() implements RecordedUnlearning {

  @Override
  public String name() {
    return "retraining";
  }

  @Override
  public ParameterVector unlearnedWeights(ForgettingRecorder recorder) {
    try (Network retrained = unlearnedNetwork(recorder)) {
      return retrained.weights();
    }
  }

  @Override
  public Network unlearnedNetwork(ForgettingRecorder recorder) {
    Network retrained = recorder.network().copy();
    retrained.restore(recorder.startState());
    // A trainer of its own: the run's may report its progress and write its checkpoints.
    new SgdTrainer(recorder.trainer().objective(), recorder.trainer().schedule())
        .withMomentum(recorder.trainer().momentum())
        .retrain(retrained, recorder.order(), recorder.omission(), recorder.stepsDone());
    return retrained;
  }
}
