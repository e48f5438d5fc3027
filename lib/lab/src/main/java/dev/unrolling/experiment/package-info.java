/**
 * The experiments of the paper and the checks of its theory: settings in, a table out, and a
 * verdict that is a function of the table.
 */
package dev.unrolling.experiment;
