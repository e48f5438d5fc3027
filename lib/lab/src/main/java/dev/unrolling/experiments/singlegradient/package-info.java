/** Claim 2.2: single gradient unlearning, its order and its units. */
package dev.unrolling.experiments.singlegradient;
