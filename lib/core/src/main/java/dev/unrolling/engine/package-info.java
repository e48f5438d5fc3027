/**
 * The seam between the theory and the libraries that compute: vectors in weight space, networks
 * with gradients and Hessian-vector products, and the objective that is trained. Implementations
 * are found by name through {@link dev.unrolling.engine.Engines}.
 */
package dev.unrolling.engine;
