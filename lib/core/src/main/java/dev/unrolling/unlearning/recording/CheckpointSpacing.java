package dev.unrolling.unlearning.recording;

/**
 * At which steps of a run checkpoints lie: 0, k, 2k and so on (claim 2.5).
 *
 * @param steps k, at least 1
 */
public record CheckpointSpacing(int steps) {

  /** Checks the range. */
  public CheckpointSpacing {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "checkpoints lie 1 step apart or more, not " + steps + " steps");
    }
  }

  /** A checkpoint before every step: the end at which amnesiac unlearning lies. */
  public static CheckpointSpacing everyStep() {
    return new CheckpointSpacing(1);
  }

  /** One checkpoint, at w_0: the end at which single gradient unlearning lies. */
  public static CheckpointSpacing onlyAtStart() {
    return new CheckpointSpacing(Integer.MAX_VALUE);
  }

  /** The last checkpoint at or before a step. */
  public int lastBefore(int step) {
    return step - step % steps;
  }

  /** Whether there is a checkpoint at a step, before it is taken. */
  public boolean isAt(int step) {
    return step % steps == 0;
  }
}
