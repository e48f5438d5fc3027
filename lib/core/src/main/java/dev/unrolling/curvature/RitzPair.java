package dev.unrolling.curvature;

/**
 * An eigenpair of the tridiagonal matrix of a {@link KrylovBasis}.
 *
 * @param value the Ritz value theta
 * @param coefficients of the Ritz vector in the basis, of norm 1
 * @param bound norm(Hy - theta y) of the Ritz vector y
 */
record RitzPair(double value, double[] coefficients, double bound) {}
