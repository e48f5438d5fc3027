/** E9: unlearning methods side by side, in the setting in which later papers quote this one. */
package dev.unrolling.experiments.benchmark;
