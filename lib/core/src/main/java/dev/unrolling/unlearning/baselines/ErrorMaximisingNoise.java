package dev.unrolling.unlearning.baselines;

import dev.unrolling.data.Batch;
import dev.unrolling.data.Dataset;
import dev.unrolling.data.FeatureDataset;
import dev.unrolling.engine.Network;
import dev.unrolling.engine.Objective;
import dev.unrolling.unlearning.baselines.parts.InputGradients;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/**
 * Examples of noise that M takes for anything but the class they are labelled with ({@link Unsir}):
 * from a normal distribution, steps of Adam (Kingma and Ba, ICLR 2015; its usual 0.9, 0.999, 1e-8)
 * on
 *
 * <p>\[ \frac{1}{b} \sum_n \big( -L(w_t, x_n, y_n) + \lambda \|x_n\|^2 \big) \]
 *
 * <p>by the noise x, with M as it answers (evaluation mode; their script leaves batch norm in
 * training mode). Values are those that the network sees, without bounds.
 *
 * <p>The default is the setting of Tarun et al.: 256 examples, 5 rounds of 8 steps at rate 0.1,
 * lambda 0.1.
 *
 * @param examples b, at least 1; divided among the classes that are forgotten
 * @param steps of Adam, at least 0: none leaves the normal noise
 * @param rate of Adam, finite and at least 0
 * @param penalty \( \lambda \), finite and at least 0
 */
public record ErrorMaximisingNoise(int examples, int steps, double rate, double penalty) {

  private static final double MEAN_DECAY = 0.9;
  private static final double SQUARE_DECAY = 0.999;
  private static final double SMALLEST_ROOT = 1e-8;

  /** Checks the ranges. */
  public ErrorMaximisingNoise {
    if (examples < 1 || steps < 0) {
      throw new IllegalArgumentException(
          "noise has at least 1 example and 0 steps or more, not " + examples + " and " + steps);
    }
    if (!(rate >= 0 && penalty >= 0) || Double.isInfinite(rate + penalty)) {
      throw new IllegalArgumentException(
          "rate and penalty of the noise must be finite and at least 0, not "
              + rate
              + " and "
              + penalty);
    }
  }

  /** The setting of Tarun et al. */
  public ErrorMaximisingNoise() {
    this(256, 40, 0.1, 0.1);
  }

  /** This noise with another number of examples. */
  public ErrorMaximisingNoise withExamples(int count) {
    return new ErrorMaximisingNoise(count, steps, rate, penalty);
  }

  /**
   * Learned examples, the classes in turn; one a class at least.
   *
   * @param network left as it is
   * @param like what the examples are like in shape and classes
   * @param classes they are labelled with, distinct
   */
  Dataset learned(Network network, Dataset like, Objective objective, long seed, int... classes) {
    int count = Math.max(examples, classes.length);
    int[] labels = IntStream.range(0, count).map(i -> classes[i % classes.length]).toArray();
    Random random = new Random(seed);
    double[] noise = new double[Math.multiplyExact(count, like.exampleSize())];
    Arrays.setAll(noise, i -> random.nextGaussian());
    double[] mean = new double[noise.length];
    double[] square = new double[noise.length];
    for (int step = 1; step <= steps; step++) {
      if (Thread.interrupted()) {
        throw new CancellationException(
            "learning noise was interrupted after " + (step - 1) + " of " + steps + " steps");
      }
      Dataset now = dataset(like, noise, labels);
      Batch all = Batch.of(now, IntStream.range(0, count).toArray());
      double[] loss = InputGradients.of(network, all, objective);
      double meanShare = 1 - Math.pow(MEAN_DECAY, step);
      double squareShare = 1 - Math.pow(SQUARE_DECAY, step);
      for (int i = 0; i < noise.length; i++) {
        double slope = 2 * penalty * noise[i] / count - loss[i];
        mean[i] = MEAN_DECAY * mean[i] + (1 - MEAN_DECAY) * slope;
        square[i] = SQUARE_DECAY * square[i] + (1 - SQUARE_DECAY) * slope * slope;
        double root = Math.sqrt(square[i] / squareShare) + SMALLEST_ROOT;
        noise[i] -= rate * mean[i] / meanShare / root;
      }
    }
    return dataset(like, noise, labels);
  }

  private static Dataset dataset(Dataset like, double[] values, int... labels) {
    return FeatureDataset.of(
        like.name() + ", noise", like.exampleShape(), values, labels, like.classNames());
  }
}
