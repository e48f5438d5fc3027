package dev.unrolling.unlearning.recording;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import java.util.Arrays;

/**
 * The run that a recorder is made for, before its first step. Numbers of another network, start,
 * order or trainer would be those of no model.
 *
 * @param network M
 * @param order of the run
 * @param trainer of the run
 */
public record WatchedRun(Network network, BatchOrder order, SgdTrainer trainer) {

  /** Indices of a batch that a message lists. */
  private static final int SHOWN = 8;

  /**
   * Checks a step before it is taken.
   *
   * @param expected index of the step
   * @param start w_0
   * @throws IllegalStateException saying what differs
   */
  public void check(Step step, int expected, ParameterVector start) {
    if (step.network() != network || step.index() != expected) {
      throw new IllegalStateException(
          "the recorder expects step "
              + expected
              + " of its own network, not step "
              + step.index()
              + (step.network() == network ? "" : " of another")
              + "; make a new one before each run");
    }
    if (expected >= order.steps()) {
      throw another("order", expected, "a step", "the end after " + order.steps() + " steps");
    }
    if (!step.batch().equals(order.batch(expected))) {
      throw another("order", expected, shown(step.batch()), shown(order.batch(expected)));
    }
    check("objective", expected, step.objective(), trainer.objective(order, expected));
    check("rate or momentum", expected, step.update(), trainer.update(order, expected));
    double moved = expected == 0 ? movement(start) : 0;
    if (moved != 0) {
      throw new IllegalStateException(
          "the network has moved by "
              + moved
              + " since the recorder was made, so the recorder's w_0 is not the run's; make it"
              + " right before the run");
    }
  }

  /** norm2(w_t - w_0). */
  public double movement(ParameterVector start) {
    try (ParameterVector weights = network.weights()) {
      return weights.addInPlace(-1, start).norm2();
    }
  }

  /**
   * Checks one thing of a step.
   *
   * @throws IllegalStateException saying what the recorder was made with
   */
  static void check(String what, int step, Object found, Object expected) {
    if (!found.equals(expected)) {
      throw another(what, step, found, expected);
    }
  }

  private static IllegalStateException another(
      String what, int step, Object found, Object expected) {
    return new IllegalStateException(
        "the run has another "
            + what
            + " than the recorder was made with: at step "
            + step
            + " "
            + found
            + ", not "
            + expected
            + "; make the recorder with what its run is given");
  }

  private static String shown(Batch batch) {
    String first = Arrays.toString(Arrays.stream(batch.indices()).limit(SHOWN).toArray());
    return batch + " that begin with " + first;
  }
}
