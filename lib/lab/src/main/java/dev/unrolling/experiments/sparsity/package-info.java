/**
 * Claim 2.12: what pruning does to the unlearning error, on runs of {@code finetuning} whose
 * network is masked.
 */
package dev.unrolling.experiments.sparsity;
