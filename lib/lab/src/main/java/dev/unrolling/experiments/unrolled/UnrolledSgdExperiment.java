package dev.unrolling.experiments.unrolled;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.engine.Precision;
import dev.unrolling.experiment.Computation;
import dev.unrolling.experiment.Experiment;
import dev.unrolling.experiment.ExperimentProvider;
import dev.unrolling.experiment.RunContext;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import dev.unrolling.model.Layer;
import dev.unrolling.model.Shapes;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.theory.Expansion;
import dev.unrolling.unlearning.theory.UnrolledSgd;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * C2.1, claim 2.1 by experiment: some steps of SGD beside their expansion around w_0. Meant for
 * float64.
 */
public final class UnrolledSgdExperiment
    implements Computation<UnrolledSgdSettings, UnrolledSgdExperiment.Row>, ExperimentProvider {

  /**
   * What a run leaves.
   *
   * @param engine that computed
   * @param settings of the run; each is a column
   * @param normDw norm of w_t - w_0
   * @param remainderWithoutF norm of w_t minus its expansion without the f terms
   * @param remainderWithF the same with them
   * @param relativeRemainder the latter over the norm of w_t
   * @param kinksCrossed units of the first layer whose input changed its sign between w_0 and w_t,
   *     over all examples; 0 for a smooth network
   */
  public record Row(
      String engine,
      UnrolledSgdSettings settings,
      double normDw,
      double remainderWithoutF,
      double remainderWithF,
      double relativeRemainder,
      int kinksCrossed) {}

  @Override
  public String name() {
    return "unrolled-sgd";
  }

  @Override
  public String data(UnrolledSgdSettings settings) {
    return settings.data();
  }

  @Override
  public Class<Row> rowType() {
    return Row.class;
  }

  @Override
  public List<Experiment<?>> experiments() {
    return List.of(
        new Experiment<>(
            "C2.1",
            "what unrolled SGD leaves of w_t, with and without f",
            this,
            UnrolledSgdSettings::all,
            "torch",
            Precision.FLOAT64,
            UnrolledSgdFigures::all));
  }

  @Override
  public List<Row> run(UnrolledSgdSettings settings, RunContext context) {
    Dataset train = context.data().of(settings.data()).train();
    int size = settings.batchSize();
    int[] examples = Subsets.stratified(train, size * settings.steps(), settings.seed());
    BatchOrder order = BatchOrder.shuffled(train, examples, size, 1, settings.seed());
    Objective objective =
        settings.quadratic() ? Objective.squaredError() : Objective.crossEntropy();
    SgdTrainer trainer = new SgdTrainer(objective, Schedule.constant(settings.rate()));
    Architecture architecture = Architectures.named(settings.model(), train.classes());
    try (Network network = context.engine().network(architecture, settings.seed());
        Expansion expansion = new UnrolledSgd(trainer).expand(network, order, settings.steps())) {
      boolean[] before = firstLayerSigns(network, train, examples);
      trainer.train(network, order);
      boolean[] after = firstLayerSigns(network, train, examples);
      return List.of(row(settings, network, expansion, differences(before, after)));
    }
  }

  private static Row row(
      UnrolledSgdSettings settings, Network network, Expansion expansion, int kinks) {
    try (ParameterVector weights = network.weights()) {
      double withF = expansion.secondOrderRemainder(weights);
      return new Row(
          network.engine().name(),
          settings,
          expansion.movement(weights),
          expansion.firstOrderRemainder(weights),
          withF,
          withF / weights.norm2(),
          kinks);
    }
  }

  /** Signs of what goes into the first ReLU, by a network cut off before it; none without ReLU. */
  private static boolean[] firstLayerSigns(Network network, Dataset train, int[] examples) {
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
    try (Network head = network.engine().network(cut, weights)) {
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
    return (int) IntStream.range(0, before.length).filter(i -> before[i] != after[i]).count();
  }
}
