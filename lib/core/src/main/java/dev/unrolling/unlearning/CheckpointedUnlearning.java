package dev.unrolling.unlearning;

import dev.unrolling.engine.ParameterVector;
import dev.unrolling.unlearning.recording.CheckpointRecorder;
import dev.unrolling.unlearning.recording.CheckpointSpacing;
import dev.unrolling.unlearning.recording.ForgettingRecorder;
import dev.unrolling.unlearning.theory.LeadingTerm;
import java.util.Optional;

/**
 * Checkpointed unlearning (claim 2.5; the paper has the error at checkpoints, the method is ours):
 * each visit of x* is undone by the gradient of x* at the last checkpoint before it, \( w'' = w_t +
 * \sum_s \eta_s \nabla L(w_{c(s)}, x^*) \). With a checkpoint at every visit this is amnesiac
 * unlearning, with one at w_0 single gradient unlearning. What lies between cancels the part of the
 * error that comes from x*'s own curvature; what x*'s steps did to the other batches' gradients
 * stays (see {@link LeadingTerm}).
 *
 * @param checkpoints a listener of the run, given after the forgetting recorder
 */
public record CheckpointedUnlearning(CheckpointRecorder checkpoints) implements RecordedUnlearning {

  @Override
  public String name() {
    return "checkpointed";
  }

  @Override
  public String displayName() {
    int steps = checkpoints.spacing().steps();
    return checkpoints.spacing().equals(CheckpointSpacing.onlyAtStart())
        ? "checkpointed at the start"
        : "checkpointed every " + steps + (steps == 1 ? " step" : " steps");
  }

  /**
   * The weights w'' of the unlearned model.
   *
   * @throws IllegalStateException if the checkpoints are not of this recorder's run and step
   */
  @Override
  public ParameterVector unlearnedWeights(ForgettingRecorder recorder) {
    requireSameRun(recorder);
    return recorder.network().weights().addInPlace(1, checkpoints.takenByVisits());
  }

  @Override
  public Optional<ParameterVector> velocityShare(ForgettingRecorder recorder) {
    requireSameRun(recorder);
    return checkpoints.putIntoVelocity().map(ParameterVector::copy);
  }

  private void requireSameRun(ForgettingRecorder recorder) {
    recorder.requireSteps();
    if (!checkpoints.belongsTo(recorder)) {
      throw new IllegalStateException(
          "the checkpoints are of another run or step; give both recorders to the same run, the"
              + " checkpoint recorder before any listener that reads it");
    }
  }
}
