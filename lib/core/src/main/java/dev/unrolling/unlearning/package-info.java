/**
 * The ways to forget a batch or a point: methods, what they are asked, and what each costs. What
 * they read of a run is recorded in {@link dev.unrolling.unlearning.recording}.
 */
package dev.unrolling.unlearning;
