/** How far an unlearned model is from the retrained one. */
package dev.unrolling.metrics;
