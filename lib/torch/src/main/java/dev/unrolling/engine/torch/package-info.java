/**
 * The engine on LibTorch, through the JavaCPP presets: exact second derivatives, float32 and
 * float64, CPU and CUDA. What a user needs of it is the provider, which is opened by {@link
 * dev.unrolling.engine.Engines}.
 */
package dev.unrolling.engine.torch;
