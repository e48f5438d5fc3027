/** The two engines against each other, and a device against the CPU. */
package dev.unrolling.experiments.engines;
