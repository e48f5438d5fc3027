package dev.unrolling.experiments.sparsity;

import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.settings.Ranges;
import dev.unrolling.settings.Scale;

/**
 * One run of {@link PrunedFineTuning}.
 *
 * @param fineTuning what is run
 * @param sparsity share of the weights of convolutions and dense layers that is held at 0 from w_0
 *     on, at least 0 and below 1
 */
public record SparsitySettings(FineTuningSettings fineTuning, double sparsity) {

  /** Checks the range. */
  public SparsitySettings {
    Ranges.within("sparsity", sparsity, 0, Math.nextDown(1.0), "at least 0 and below 1");
  }

  /** Nothing pruned, at the base setting of a scale. */
  public static SparsitySettings of(Scale scale) {
    return new SparsitySettings(FineTuningSettings.of(scale), 0);
  }

  /** These settings with another share held at 0. */
  public SparsitySettings withSparsity(double value) {
    return new SparsitySettings(fineTuning, value);
  }
}
