package dev.unrolling.unlearning;

import dev.unrolling.engine.ParameterVector;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Amnesiac unlearning: adds back exactly what each visit of x* took away, \( w'' = w_t + \sum_s
 * (w_s - w_{s+1}) \) over the visits s (Graves, Nagisetty and Ganesh, AAAI 2021; claim 2.5). It
 * needs the sum of those updates, stored during training.
 *
 * <p>What a visit took is its whole update: with momentum or weight decay, also what they moved at
 * that step. For a point of a batch it is the rate times the gradient of the point's share of the
 * loss at the weights of the visit.
 */
public record AmnesiacUnlearning() implements RecordedUnlearning {

  @Override
  public String name() {
    return "amnesiac";
  }

  @Override
  public OptionalLong gradients(RequestSize size) {
    return OptionalLong.of(0);
  }

  @Override
  public ParameterVector unlearnedWeights(ForgettingRecorder recorder) {
    recorder.requireSteps();
    return recorder.network().weights().addInPlace(1, recorder.takenByVisits());
  }

  @Override
  public Optional<ParameterVector> velocityShare(ForgettingRecorder recorder) {
    return recorder.putIntoVelocity().map(ParameterVector::copy);
  }
}
