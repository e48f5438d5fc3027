package dev.unrolling.experiments.separation;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.data.Subsets;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Mode;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.engine.ParameterVector;
import dev.unrolling.model.Architectures;
import dev.unrolling.store.RecordTable;
import dev.unrolling.training.Schedule;
import dev.unrolling.training.SgdTrainer;
import dev.unrolling.training.Step;
import dev.unrolling.training.StepListener;
import dev.unrolling.training.StepLosses;
import dev.unrolling.unlearning.StandardDeviationTheory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.Table;

/**
 * Claim 2.7 by experiment: how far a linear model walks, and to which margins, under cross entropy
 * and under the SD loss. Meant for float64.
 */
public final class LinearSeparationExperiment {

  private static final int POOL = 4;

  private record Row(
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

  private final Engine engine;
  private final Dataset train;

  /**
   * An experiment on a data set.
   *
   * @param engine that computes, in float64
   * @param train images or vectors where the examples come from; each image is averaged over
   *     squares of 4 x 4 pixels, and each example is centred and scaled to unit norm
   */
  public LinearSeparationExperiment(Engine engine, Dataset train) {
    this.engine = engine;
    this.train = train;
  }

  /**
   * Runs each setting, measuring after 1, 2, 4, 8 ... steps.
   *
   * @return a row a measurement: {@code engine}, the settings, {@code critical_gamma}, {@code
   *     best_margin} = d* of the theory (missing where infinite), {@code step}, {@code loss} of the
   *     step, {@code norm_dw}; mean, least and largest margin of the true class over any other,
   *     over all examples and other classes; {@code smallest_deviation} = least standard deviation
   *     of an example's logits
   * @throws IllegalArgumentException if there are not fewer examples than features
   */
  public Table run(List<LinearSeparationSettings> settings) {
    List<Row> rows = new ArrayList<>();
    settings.forEach(one -> rows.addAll(run(one)));
    return RecordTable.of("2.7", Row.class, rows);
  }

  private List<Row> run(LinearSeparationSettings settings) {
    Dataset features = features(settings);
    Objective objective = Objective.crossEntropy().withGamma(settings.gamma());
    int[] all = IntStream.range(0, features.size()).toArray();
    BatchOrder order = BatchOrder.fixed(features, all, all.length, settings.steps());
    List<Row> rows = new ArrayList<>();
    try (Network network =
            engine.network(
                Architectures.linear(features.exampleSize(), features.classes()), settings.seed());
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
  private Dataset features(LinearSeparationSettings settings) {
    int[] drawn = Subsets.stratified(train, settings.examples(), settings.seed());
    double[][] rows =
        Arrays.stream(drawn).mapToObj(index -> contrast(values(index))).toArray(double[][]::new);
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

  private double[] values(int index) {
    double[] values = new double[train.exampleSize()];
    train.writeExample(index, values, 0);
    return train.exampleShape().length == 1 ? values : pooled(values);
  }

  /** Means of 4 x 4 pixels of each channel. */
  private double[] pooled(double[] image) {
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
