/**
 * The engine {@code "linear"}: soft-max and least-squares regression in closed form, in Java alone.
 * It computes networks of a single dense layer, in float64, without the way into native libraries,
 * on which steps of a few examples spend most of their time.
 */
package dev.unrolling.engine.linear;
