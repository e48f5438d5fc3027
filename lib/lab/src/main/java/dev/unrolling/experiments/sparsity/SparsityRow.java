package dev.unrolling.experiments.sparsity;

import dev.unrolling.experiments.finetuning.FineTuningRow;

/**
 * What {@link PrunedFineTuning} measures after a step.
 *
 * @param sparsity share of the weights that is held at 0
 * @param measured of the masked network; its settings are columns
 */
public record SparsityRow(double sparsity, FineTuningRow measured) {}
