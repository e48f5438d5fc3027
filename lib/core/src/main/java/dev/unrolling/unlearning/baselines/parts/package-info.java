/**
 * What the methods of the package above are made of: the loop of descent, data sets with other
 * targets or noise, masks of weights, squared gradients and gradients by examples.
 */
package dev.unrolling.unlearning.baselines.parts;
