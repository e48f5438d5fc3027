/** Studies of how a trained model can be made to forget. */
package dev.unrolling;
