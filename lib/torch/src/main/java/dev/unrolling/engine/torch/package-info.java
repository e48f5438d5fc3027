/**
 * The engine on LibTorch, through the JavaCPP presets: exact second derivatives by double backward,
 * float32 and float64, CPU and CUDA. Only the provider is public; open it by {@link
 * dev.unrolling.engine.Engines}.
 */
package dev.unrolling.engine.torch;
