package dev.unrolling.unlearning;

import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import java.util.OptionalLong;

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
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(size.epochs() * size.retained());
  }

  @Override
  public boolean readsEndsAlone() {
    return true;
  }

  @Override
  public ParameterVector unlearnedWeights(ForgettingRecorder recorder) {
    try (Network retrained = unlearnedNetwork(recorder)) {
      return retrained.weights();
    }
  }

  @Override
  public Network unlearnedNetwork(ForgettingRecorder recorder) {
    recorder.requireSteps();
    Network retrained = recorder.network().copy();
    retrained.restore(recorder.startState());
    recorder
        .trainer()
        .withoutReports()
        .retrain(retrained, recorder.order(), recorder.removal(), recorder.stepsDone());
    return retrained;
  }
}
