/** Figures in one house style, saved with the numbers they show; knows no experiment. */
package dev.unrolling.plot;
