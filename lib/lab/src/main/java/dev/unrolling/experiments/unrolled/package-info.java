/** Claim 2.1: unrolled SGD against SGD. */
package dev.unrolling.experiments.unrolled;
