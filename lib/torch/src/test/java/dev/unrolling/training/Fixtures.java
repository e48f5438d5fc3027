package dev.unrolling.training;

import dev.unrolling.data.Batch;
import dev.unrolling.data.BatchOrder;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.data.RealData;
import dev.unrolling.engine.Engine;
import dev.unrolling.engine.Engines;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.NetworkState;
import dev.unrolling.engine.Precision;
import dev.unrolling.model.Architecture;
import dev.unrolling.model.Architectures;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Engines, real pictures and tiny problems that several tests share. */
public final class Fixtures {

  /** Side of a square of pixels that {@link #features()} averages. */
  private static final int POOL = 8;

  private static final int POOLED = 128;

  private Fixtures() {}

  /** The engine for checks of formulas. */
  public static Engine float64() {
    return Engines.open("torch", "cpu", Precision.FLOAT64);
  }

  /** The engine for training. */
  public static Engine float32() {
    return Engines.open("torch", "cpu", Precision.FLOAT32);
  }

  /** CIFAR-10 pictures, {@code (3, 32, 32)}. */
  public static Dataset images() {
    return RealData.cifar10Train();
  }

  /** 128 CIFAR-10 pictures averaged over squares of 8 x 8 pixels: 48 features. */
  public static Dataset features() {
    return Pooled.VALUE;
  }

  /** A linear model over {@link #features()}. */
  public static Architecture linear() {
    return Architectures.linear(48, 10);
  }

  /** A smooth convolutional network over {@link #images()}. */
  public static Architecture tanh() {
    return Architectures.tanhCnn(4, 10);
  }

  /** The batch {@code 0 .. size - 1}, first in each epoch, and others of the same size after it. */
  public static BatchOrder order(Dataset dataset, int batchSize, int others, int epochs) {
    return BatchOrder.fixed(
            dataset,
            IntStream.range(batchSize, batchSize * (others + 1)).toArray(),
            batchSize,
            epochs)
        .withForgetBatch(
            Batch.of(dataset, IntStream.range(0, batchSize).toArray()), BatchOrder.Position.FIRST);
  }

  /**
   * Two examples of one feature for a linear model with one output: A with x = 1 and label 1, B
   * with x = 2 and label 0.
   */
  public static Dataset twoPoints() {
    return TwoPoints.VALUE;
  }

  /** A linear model of one feature and one output, at weight 0 and bias 0. */
  public static Network lineAtZero(Engine engine) {
    return engine.network(Architectures.linear(1, 1), Nd4j.createFromArray(new double[] {0, 0}));
  }

  /** Whether two states hold the same bits. */
  public static boolean sameBits(NetworkState one, NetworkState other) {
    return same(one.weights(), other.weights())
        && same(one.runningStatistics(), other.runningStatistics())
        && same(one.velocity(), other.velocity());
  }

  private static boolean same(INDArray one, INDArray other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() && other.isEmpty();
    }
    return one.dataType() == other.dataType()
        && Arrays.equals(one.toDoubleVector(), other.toDoubleVector());
  }

  /** Slope of log y over log x by least squares. */
  public static double slope(double[] x, double[] y) {
    int n = x.length;
    double sx = 0;
    double sy = 0;
    double sxx = 0;
    double sxy = 0;
    for (int i = 0; i < n; i++) {
      double u = Math.log(x[i]);
      double v = Math.log(y[i]);
      sx += u;
      sy += v;
      sxx += u * u;
      sxy += u * v;
    }
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
  }

  /**
   * A data set of rows, one an example, in two classes.
   *
   * @param labels one a row
   */
  public static Dataset tiny(double[][] rows, int... labels) {
    double[] values = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    return FeatureDataset.of("tiny", values, labels, List.of("zero", "one"));
  }

  private static Dataset pooled(Dataset images) {
    int side = images.exampleShape()[1];
    int across = side / POOL;
    int features = images.exampleSize() / (POOL * POOL);
    double[] values = new double[POOLED * features];
    double[] image = new double[images.exampleSize()];
    for (int n = 0; n < POOLED; n++) {
      images.writeExample(n, image, 0);
      for (int i = 0; i < image.length; i++) {
        int channel = i / (side * side);
        int row = i / side % side / POOL;
        int column = i % side / POOL;
        values[n * features + (channel * across + row) * across + column] +=
            image[i] / (POOL * POOL);
      }
    }
    int[] labels = IntStream.range(0, POOLED).map(images::label).toArray();
    return FeatureDataset.of("pooled CIFAR-10", values, labels, images.classNames());
  }

  private static final class TwoPoints {
    private static final Dataset VALUE = tiny(new double[][] {{1}, {2}}, 1, 0);
  }

  private static final class Pooled {
    private static final Dataset VALUE = pooled(images());
  }
}
