/**
 * SISA (Bourtoule et al. 2021), what the paper compares its cost with: shards, slices, their saved
 * states, and what a request costs.
 */
package dev.unrolling.unlearning.sisa;
