/** Settings of runs: ranges, JSON, grids, and the scales at which experiments are run. */
package dev.unrolling.settings;
