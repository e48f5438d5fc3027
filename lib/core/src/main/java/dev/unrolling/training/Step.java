package dev.unrolling.training;

import dev.unrolling.data.Batch;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.SgdStep;
import java.util.Optional;

/**
 * One step of a run, as listeners see it. The networks are the run's own: they may be read, not
 * moved, and not after the run.
 *
 * @param index from 0
 * @param epoch from 0
 * @param batch that M steps on
 * @param forgetVisit whether it is a visit of what is to be forgotten
 * @param objective of this step
 * @param update learning rate and momentum
 * @param network the original model M
 * @param retrained the retrained model M'; empty unless two models are trained in lock step
 * @param removal how M' leaves out a visit; empty unless two models are trained in lock step
 */
public record Step(
    int index,
    int epoch,
    Batch batch,
    boolean forgetVisit,
    Objective objective,
    SgdStep update,
    Network network,
    Optional<Network> retrained,
    Optional<Removal> removal) {

  /** Number of steps taken once this one is done: the paper's t. */
  public int stepsDone() {
    return index + 1;
  }

  /**
   * The retrained model M'.
   *
   * @throws IllegalStateException if M is trained alone
   */
  public Network retrainedNetwork() {
    return retrained.orElseThrow(
        () ->
            new IllegalStateException(
                "there is no retrained model in this run; use SgdTrainer.trainInLockStep"));
  }
}
