/** Claim 2.5: checkpoints against plain unlearning. */
package dev.unrolling.experiments.checkpointing;
