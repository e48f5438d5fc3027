/**
 * The engine on DeepLearning4J and ND4J, on the CPU: gradients by its layers' own backpropagation,
 * curvature by differences of gradients in float64. Open it by {@link
 * dev.unrolling.engine.Engines}. What is public beside its provider serves a user's own DL4J
 * models: the SD loss, a listener of their training, and unlearning.
 */
package dev.unrolling.engine.dl4j;
