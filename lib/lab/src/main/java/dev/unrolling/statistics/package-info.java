/** Small statistics on tables: correlations, intervals, slopes. */
package dev.unrolling.statistics;
