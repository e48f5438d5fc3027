/** What tells, of a network in E9, whether something is left of what it was to forget. */
package dev.unrolling.experiments.benchmark.attacks;
