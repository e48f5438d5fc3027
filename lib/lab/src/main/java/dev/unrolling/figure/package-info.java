/**
 * Figures in one house style, saved with the numbers they show, and the one helper a notebook
 * calls.
 */
package dev.unrolling.figure;
