package dev.unrolling.experiments.benchmark;

import dev.unrolling.curvature.DatasetHessian;
import dev.unrolling.curvature.FunctionProduct;
import dev.unrolling.curvature.Lanczos;
import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.engine.LossGradient;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.SingleGradientUnlearning;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the methods that read the run from w_0 need of it, where what is forgotten is many batches:
 * all of them are linear in it, so that a sum over its batches takes the place of one. For SGD
 * without momentum, whose M' skips the visits. With one forget batch it is what the recorders of
 * {@code dev.unrolling.unlearning} give.
 */
final class RunRecord implements StepListener, AutoCloseable {

  private static final int PRODUCTS = 16;
  private static final int HESSIAN_EXAMPLES = 320;

  private final Set<Integer> forgotten;
  private final ParameterVector taken;
  private final ParameterVector difference;
  private ParameterVector before;
  private boolean begun;

  /**
   * @param network M at w_0
   * @param forget what is to be forgotten
   */
  RunRecord(Network network, Batch forget) {
    this.forgotten = IntStream.of(forget.indices()).boxed().collect(Collectors.toSet());
    this.taken = network.weights().scaleInPlace(0);
    this.difference = taken.copy();
    this.before = taken.copy();
  }

  private boolean isVisit(Batch batch) {
    return forgotten.contains(batch.indices()[0]);
  }

  /** What is no number any longer stays so, and no product is spent on it. */
  @Override
  public void beforeStep(Step step) {
    before.close();
    before = step.network().weights();
    if (!isVisit(step.batch()) && begun && !Double.isNaN(difference.norm2())) {
      try (ParameterVector bent =
          step.network()
              .hessianVectorProduct(step.batch(), step.objective(), Mode.TRAINING, difference)) {
        difference.addInPlace(-step.update().rate(), bent);
      }
    }
  }

  @Override
  public void afterStep(Step step, StepLosses losses) {
    if (isVisit(step.batch())) {
      begun = true;
      try (ParameterVector after = step.network().weights()) {
        before.addInPlace(-1, after);
        taken.addInPlace(1, before);
        difference.addInPlace(1, before);
      }
    }
  }

  /** What was collected: the updates of the visits, and d along the trajectory. */
  List<NetworkState> collected() {
    return List.of(NetworkState.of(taken.toArray()), NetworkState.of(difference.toArray()));
  }

  /** Goes on from what was collected. */
  void resume(Network network, List<NetworkState> collected) {
    begun = true;
    put(network, collected.get(0), taken);
    put(network, collected.get(1), difference);
  }

  private static void put(Network network, NetworkState from, ParameterVector to) {
    try (ParameterVector values = network.vector(from.weights())) {
      to.scaleInPlace(0).addInPlace(1, values);
    }
  }

  /** w'' of amnesiac unlearning (2.5): each visit's own update back. */
  ParameterVector amnesiac(ParameterVector weights) {
    return weights.addInPlace(1, taken);
  }

  /** w'' along the trajectory (2.10). */
  ParameterVector trajectory(ParameterVector weights) {
    return weights.addInPlace(1, difference);
  }

  /**
   * w'' of single gradient unlearning (2.2): the gradients at w_0, each times its visits' rates.
   */
  static ParameterVector singleGradient(
      Network start, ParameterVector weights, BenchmarkSplit split) {
    try (ParameterVector sum = startGradients(start, split, visitedRates(split))) {
      return SingleGradientUnlearning.unlearnedWeights(weights, sum, 1);
    }
  }

  /** The rates of the run's steps; negative where one visits what is forgotten. */
  private static double[] signedRates(BenchmarkSplit split) {
    BatchOrder order = split.order();
    Schedule schedule = split.settings().schedule();
    Set<Integer> gone = IntStream.of(split.forget().indices()).boxed().collect(Collectors.toSet());
    return IntStream.range(0, order.steps())
        .mapToDouble(
            step ->
                schedule.rate(order, step)
                    * (gone.contains(order.batch(step).indices()[0]) ? -1 : 1))
        .toArray();
  }

  /** What the rates of each forget batch's visits come to over the run. */
  private static double[] visitedRates(BenchmarkSplit split) {
    int size = split.settings().batchSize();
    double[] sums = new double[(split.forget().size() + size - 1) / size];
    int visit = 0;
    for (double rate : signedRates(split)) {
      if (rate < 0) {
        sums[visit++ % sums.length] -= rate;
      }
    }
    return sums;
  }

  /** The sum of the forget batches' gradients at w_0 in training mode, each times its factor. */
  private static ParameterVector startGradients(
      Network start, BenchmarkSplit split, double... factors) {
    BatchOrder once =
        BatchOrder.fixed(
            split.forget().dataset(), split.forget().indices(), split.settings().batchSize(), 1);
    ParameterVector sum = start.weights().scaleInPlace(0);
    for (int i = 0; i < once.steps(); i++) {
      try (LossGradient one =
          start.gradient(once.batch(i), split.settings().objective(), Mode.TRAINING)) {
        sum.addInPlace(factors[i], one.gradient());
      }
    }
    return sum;
  }

  /**
   * w'' with one Hessian for all steps (2.11), of 320 examples of what stays at w_0 in training
   * mode, clipped; each of an epoch's visits has their mean gradient.
   */
  static ParameterVector oneHessian(Network start, ParameterVector weights, BenchmarkSplit split) {
    double[] rates = signedRates(split);
    double[] equal = new double[visitedRates(split).length];
    Arrays.fill(equal, 1.0 / equal.length);
    int sampled = Math.min(split.retained().size(), HESSIAN_EXAMPLES);
    List<Batch> sample =
        List.of(
            Batch.of(
                split.retained().dataset(), Arrays.copyOf(split.retained().indices(), sampled)));
    try (ParameterVector mean = startGradients(start, split, equal);
        DatasetHessian hessian =
            DatasetHessian.ofBatches(start, sample, split.settings().objective(), Mode.TRAINING);
        FunctionProduct undone =
            new Lanczos().apply(hessian, mean, lambda -> response(rates, lambda), PRODUCTS)) {
      return weights.addInPlace(1, undone.value());
    }
  }

  /** How far M' is from M along an eigenvector, if each visit's gradient is that vector. */
  private static double response(double[] signedRates, double lambda) {
    double difference = 0;
    for (double rate : signedRates) {
      difference =
          rate < 0
              ? difference - rate
              : (1 - rate * Math.min(Math.max(lambda, 0), 1 / rate)) * difference;
    }
    return difference;
  }

  /** Gradients of one example that {@link #oneHessian} costs, a product counted as two. */
  static long oneHessianCost(BenchmarkSplit split) {
    return split.forget().size()
        + 2L * PRODUCTS * Math.min(split.retained().size(), HESSIAN_EXAMPLES);
  }

  @Override
  public void close() {
    taken.close();
    difference.close();
    before.close();
  }
}
