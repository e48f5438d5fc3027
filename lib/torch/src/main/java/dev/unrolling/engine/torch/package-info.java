/**
 * The engine on LibTorch, through the JavaCPP presets: exact second derivatives, float32 and
 * float64, CPU and CUDA. Of this package only the provider is public; open it by {@link
 * dev.unrolling.engine.Engines}.
 */
package dev.unrolling.engine.torch;
