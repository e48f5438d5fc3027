/**
 * Forward and backward passes by hand, and the derivatives of both along a direction in weight
 * space: a Hessian product in two more passes. And the safe form of a convolution, for other passes
 * too.
 */
package dev.unrolling.engine.torch.tangent;
