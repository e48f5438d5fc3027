/** Curvature of a loss from Hessian-vector products alone. */
package dev.unrolling.curvature;
