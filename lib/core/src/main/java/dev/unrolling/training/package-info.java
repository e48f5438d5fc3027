/**
 * Plain SGD over a fixed order of batches: one model alone, or the original and the retrained model
 * in lock step, with listeners on the way and an evaluation on held-out examples.
 */
package dev.unrolling.training;
