/**
 * What an experiment is, here or outside this library: settings in, rows of a table out, verdicts
 * and figures as functions of the table; found by its id, run, stored and resumed.
 */
package dev.unrolling.experiment;
