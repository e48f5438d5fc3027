package dev.unrolling.engine;

/** How batch norm behaves in a computation. */
public enum Mode {
  /** Statistics of the batch at hand. */
  TRAINING,
  /** Running statistics. */
  EVALUATION
}
