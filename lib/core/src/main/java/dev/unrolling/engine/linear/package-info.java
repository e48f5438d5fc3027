/**
 * The engine {@code "linear"}: soft-max and least-squares regression in closed form, in Java alone.
 * It computes networks of a single dense layer, in float64, a step of a few examples in
 * microseconds, which is less than a call into a native library takes.
 */
package dev.unrolling.engine.linear;
