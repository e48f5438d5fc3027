package dev.unrolling.experiments.separation;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
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
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.training.schedule.Schedule;
import dev.unrolling.unlearning.theory.StandardDeviationTheory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * C2.7, claim 2.7 by experiment: how far a linear model walks, and to which margins, under cross
 * entropy and under the SD loss, measured after 1, 2, 4, 8 ... steps. Each picture is averaged over
 * squares of 4 x 4 pixels, and each example is centred and scaled to unit norm. Meant for float64.
 */
public final class LinearSeparationExperiment
    implements Computation<LinearSeparationSettings, LinearSeparationExperiment.Row>,
        ExperimentProvider {

  private static final int POOL = 4;

  /**
   * A measurement; margins are of the true class over any other, over all examples.
   *
   * @param engine that computed
   * @param settings of the run; each is a column
   * @param criticalGamma from which on the theory has margins collapse
   * @param bestMargin d* of the theory; missing where infinite
   * @param step t
   * @param loss of the step
   * @param normDw norm of w_t - w_0
   * @param meanMargin mean over examples and other classes
   * @param smallestMargin the least of them
   * @param largestMargin the largest
   * @param smallestDeviation least standard deviation of an example's logits
   */
  public record Row(
      String engine,
      LinearSeparationSettings settings,
      double criticalGamma,
      double bestMargin,
      int step,
      double loss,
      double normDw,
      double meanMargin,
      double smallestMargin,
      double largestMargin,
      double smallestDeviation) {}

  @Override
  public String name() {
    return "linear-separation";
  }

  @Override
  public String data(LinearSeparationSettings settings) {
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
            "C2.7",
            "where the SD loss ends, and cross entropy does not",
            this,
            LinearSeparationSettings::all,
            "torch",
            Precision.FLOAT64,
            LinearSeparationFigures::all));
  }

  /**
   * Trains and measures.
   *
   * @throws IllegalArgumentException if there are not fewer examples than features
   */
  @Override
  public List<Row> run(LinearSeparationSettings settings, RunContext context) {
    Dataset features = features(settings, context.data().of(settings.data()).train());
    Objective objective = Objective.crossEntropy().withGamma(settings.gamma());
    int[] all = IntStream.range(0, features.size()).toArray();
    BatchOrder order = BatchOrder.fixed(features, all, all.length, settings.steps());
    Architecture linear = Architectures.linear(features.exampleSize(), features.classes());
    List<Row> rows = new ArrayList<>();
    try (Network network = context.engine().network(linear, settings.seed());
        ParameterVector start = network.weights()) {
      StepListener measurement =
          new StepListener() {
            @Override
            public void afterStep(Step step, StepLosses losses) {
              if (Integer.bitCount(step.stepsDone()) == 1) {
                rows.add(row(settings, objective, step, losses.original().value(), start));
              }
            }
          };
      new SgdTrainer(objective, Schedule.constant(settings.rate()))
          .train(network, order, measurement);
    }
    return rows;
  }

  private static Row row(
      LinearSeparationSettings settings,
      Objective objective,
      Step step,
      double loss,
      ParameterVector start) {
    Batch batch = step.batch();
    int classes = batch.dataset().classes();
    double[][] logits = step.network().logits(batch, Mode.EVALUATION).toDoubleMatrix();
    int[] examples = batch.indices();
    double[] margins =
        IntStream.range(0, examples.length)
            .mapToObj(i -> margins(logits[i], batch.dataset().label(examples[i])))
            .flatMapToDouble(Arrays::stream)
            .toArray();
    double best = StandardDeviationTheory.of(objective, classes).bestMargin();
    try (ParameterVector weights = step.network().weights()) {
      return new Row(
          step.network().engine().name(),
          settings,
          StandardDeviationTheory.criticalGamma(classes, objective.normalisation()),
          Double.isInfinite(best) ? Double.NaN : best,
          step.stepsDone(),
          loss,
          weights.distance(start),
          Arrays.stream(margins).average().orElseThrow(),
          Arrays.stream(margins).min().orElseThrow(),
          Arrays.stream(margins).max().orElseThrow(),
          Arrays.stream(logits)
              .mapToDouble(StandardDeviationTheory::standardDeviation)
              .min()
              .orElseThrow());
    }
  }

  /** The logit of the true class less that of each other. */
  private static double[] margins(double[] logits, int label) {
    return IntStream.range(0, logits.length)
        .filter(other -> other != label)
        .mapToDouble(other -> logits[label] - logits[other])
        .toArray();
  }

  /** The examples as rows of features, each less its mean and of unit norm. */
  private static Dataset features(LinearSeparationSettings settings, Dataset train) {
    int[] drawn = Subsets.stratified(train, settings.examples(), settings.seed());
    double[][] rows =
        Arrays.stream(drawn)
            .mapToObj(index -> contrast(values(train, index)))
            .toArray(double[][]::new);
    if (rows.length >= rows[0].length) {
      throw new IllegalArgumentException(
          "examples must be fewer than the "
              + rows[0].length
              + " features, not "
              + settings.examples());
    }
    return FeatureDataset.of(
        train.name(),
        Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray(),
        Arrays.stream(drawn).map(train::label).toArray(),
        train.classNames());
  }

  private static double[] values(Dataset train, int index) {
    double[] values = new double[train.exampleSize()];
    train.writeExample(index, values, 0);
    return train.exampleShape().length == 1 ? values : pooled(train, values);
  }

  /** Means of 4 x 4 pixels of each channel. */
  private static double[] pooled(Dataset train, double[] image) {
    int height = train.exampleShape()[1];
    int width = train.exampleShape()[2];
    double[] means = new double[image.length / (POOL * POOL)];
    for (int i = 0; i < image.length; i++) {
      int line = i / width / POOL % (height / POOL);
      int channel = i / (width * height);
      int place = (channel * (height / POOL) + line) * (width / POOL) + i % width / POOL;
      means[place] += image[i] / (POOL * POOL);
    }
    return means;
  }

  private static double[] contrast(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double[] centred = Arrays.stream(values).map(value -> value - mean).toArray();
    double norm = Math.sqrt(Arrays.stream(centred).map(value -> value * value).sum());
    return Arrays.stream(centred).map(value -> value / norm).toArray();
  }
}
