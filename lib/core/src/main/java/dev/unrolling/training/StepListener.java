package dev.unrolling.training;

/**
 * Watches a run, step by step. Several listeners are called in the order in which they are given.
 */
public interface StepListener {

  /** Called before a step, with all networks as the step finds them. */
  default void beforeStep(Step step) {}

  /** Called after a step, with all networks as the step leaves them. */
  default void afterStep(Step step, StepLosses losses) {}
}
