package dev.unrolling.experiments.sparsity;

import dev.unrolling.engine.MaskedNetwork;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.experiments.finetuning.FineTuning;
import dev.unrolling.experiments.finetuning.FineTuningSettings;
import dev.unrolling.settings.Scale;
import java.util.ArrayList;
import java.util.List;

/**
 * C2.12: {@link FineTuning} with weights of the pre-trained network pruned by magnitude, the same
 * ones in M and M', and held at 0 from then on (Jia et al., NeurIPS 2023, after whom v and e of the
 * pruned network are smaller). Pre-training is that of {@link FineTuning} and shared with it.
 */
public final class PrunedFineTuning implements Computation<SparsitySettings, SparsityRow> {

  private static final double[] SPARSITIES = {0, 0.5, 0.9, 0.95};

  /** The base setting of a scale at each sparsity and seed. */
  public static List<SparsitySettings> runs(Scale scale) {
    List<SparsitySettings> runs = new ArrayList<>();
    for (long seed : FineTuningSettings.seeds(scale)) {
      FineTuningSettings base = FineTuningSettings.of(scale).withSeed(seed);
      // The last step alone counts; sigma on the way is what takes time.
      FineTuningSettings few = base.withMeasureEvery(base.steps());
      for (double sparsity : SPARSITIES) {
        runs.add(new SparsitySettings(few, sparsity));
      }
    }
    return List.copyOf(runs);
  }

  @Override
  public String name() {
    return "sparse-fine-tuning";
  }

  @Override
  public String data(SparsitySettings settings) {
    return settings.fineTuning().data();
  }

  @Override
  public Class<SparsityRow> rowType() {
    return SparsityRow.class;
  }

  @Override
  public Object group(SparsitySettings settings) {
    return new FineTuning().group(settings.fineTuning());
  }

  @Override
  public List<SparsityRow> run(SparsitySettings settings, RunContext context) {
    return FineTuning.run(
            settings.fineTuning(), context, network -> pruned(network, settings.sparsity()))
        .stream()
        .map(row -> new SparsityRow(settings.sparsity(), row))
        .toList();
  }

  private static Network pruned(Network network, double sparsity) {
    try (ParameterVector weights = network.weights()) {
      return new MaskedNetwork(
          network, MaskedNetwork.byMagnitude(network.layout(), weights.toArray(), sparsity));
    }
  }
}
