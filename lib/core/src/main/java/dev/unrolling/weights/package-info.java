/**
 * Weights from outside and out again: PyTorch state dicts as {@code .safetensors} or {@code .npz},
 * read into a network by the names of its tensors.
 */
package dev.unrolling.weights;
