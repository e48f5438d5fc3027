/**
 * The ways to unlearn side by side on the runs of E1 (claims 2.10 and 2.11): what a method that
 * knows curvature gains over the paper's, and whether it predicts the latter's error.
 */
package dev.unrolling.experiments.methods;
