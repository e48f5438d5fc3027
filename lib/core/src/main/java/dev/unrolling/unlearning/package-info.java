/**
 * What the paper is about: SGD unrolled to second order, the ways to forget a batch or a point, and
 * the unlearning error that predicts how well it is forgotten.
 */
package dev.unrolling.unlearning;
