/** Claim 2.6: v against distances of outputs. */
package dev.unrolling.experiments.outputs;
