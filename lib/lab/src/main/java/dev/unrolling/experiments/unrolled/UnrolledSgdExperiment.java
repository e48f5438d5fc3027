package dev.unrolling.experiments.unrolled;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.Layer;
import dev.unrolling.model.Shapes;
import dev.unrolling.store.RecordTable;
import dev.unrolling.training.Schedule;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.unlearning.Expansion;
import dev.unrolling.unlearning.UnrolledSgd;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import tech.tablesaw.api.Table;

/**
 * Claim 2.1 by experiment: the same t steps of SGD from the same start at several learning rates,
 * each beside its expansion around w_0. Meant for float64.
 */
public final class UnrolledSgdExperiment {

  private record Row(
      String engine,
      String model,
      int steps,
      long seed,
      double rate,
      double normDw,
      double remainderWithoutF,
      double remainderWithF,
      double relativeRemainder,
      int kinksCrossed) {}

  private final Engine engine;
  private final Dataset train;

  /**
   * An experiment on a data set.
   *
   * @param engine that computes, in float64
   * @param train where the batches come from
   */
  public UnrolledSgdExperiment(Engine engine, Dataset train) {
    this.engine = engine;
    this.train = train;
  }

  /**
   * Runs a comparison.
   *
   * @return a row a rate: {@code engine, model, steps, seed, rate, norm_dw} = norm(w_t - w_0),
   *     {@code remainder_without_f} and {@code remainder_with_f} = norm of w_t minus its expansion,
   *     {@code relative_remainder} = the latter over norm(w_t), {@code kinks_crossed} = units of
   *     the first layer whose input changed its sign between w_0 and w_t, over all examples (0 for
   *     a smooth network)
   */
  public Table run(UnrolledSgdSettings settings) {
    Architecture architecture = Architectures.named(settings.model(), train.classes());
    int[] examples =
        Subsets.stratified(train, settings.batchSize() * settings.steps(), settings.seed());
    BatchOrder order =
        BatchOrder.shuffled(train, examples, settings.batchSize(), 1, settings.seed());
    Objective objective =
        settings.quadratic() ? Objective.squaredError() : Objective.crossEntropy();
    List<Row> rows = new ArrayList<>();
    try (Network network = engine.network(architecture, settings.seed())) {
      NetworkState start = network.saveState();
      for (double rate : settings.rates()) {
        SgdTrainer trainer = new SgdTrainer(objective, Schedule.constant(rate));
        network.restore(start);
        try (Expansion expansion =
            new UnrolledSgd(trainer).expand(network, order, settings.steps())) {
          boolean[] before = firstLayerSigns(network, examples);
          trainer.train(network, order);
          boolean[] after = firstLayerSigns(network, examples);
          rows.add(row(settings, rate, network, expansion, differences(before, after)));
        }
      }
    }
    return RecordTable.of(settings.model(), Row.class, rows);
  }

  private static Row row(
      UnrolledSgdSettings settings, double rate, Network network, Expansion expansion, int kinks) {
    try (ParameterVector weights = network.weights()) {
      double withF = expansion.secondOrderRemainder(weights);
      return new Row(
          network.engine().name(),
          settings.model(),
          settings.steps(),
          settings.seed(),
          rate,
          expansion.movement(weights),
          expansion.firstOrderRemainder(weights),
          withF,
          withF / weights.norm2(),
          kinks);
    }
  }

  /** Signs of what goes into the first ReLU, by a network cut off before it; none without ReLU. */
  private boolean[] firstLayerSigns(Network network, int[] examples) {
    List<Layer> layers = network.architecture().layers();
    if (!(layers.get(0) instanceof Layer.Convolution first)
        || !(layers.get(1) instanceof Layer.Relu)) {
      return new boolean[0];
    }
    List<Integer> inputShape = network.architecture().inputShape();
    int units = Math.toIntExact(Shapes.size(Shapes.after(first, inputShape)));
    Architecture cut =
        new Architecture("first layer", inputShape, units, List.of(first, new Layer.Flatten()));
    INDArray weights =
        network.saveState().weights().get(NDArrayIndex.interval(0, cut.parameters().size()));
    try (Network head = engine.network(cut, weights)) {
      double[] inputs =
          head.logits(Batch.of(train, examples), Mode.EVALUATION).ravel().toDoubleVector();
      boolean[] signs = new boolean[inputs.length];
      for (int i = 0; i < signs.length; i++) {
        signs[i] = inputs[i] > 0;
      }
      return signs;
    }
  }

  private static int differences(boolean[] before, boolean[] after) {
    int count = 0;
    for (int i = 0; i < before.length; i++) {
      count += before[i] == after[i] ? 0 : 1;
    }
    return count;
  }
}
