/** Claim 2.7: the SD loss on problems with a known minimum. */
package dev.unrolling.experiments.separation;
