package dev.unrolling.curvature;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.ParameterVector;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;

/**
 * The trace of a symmetric operator as the mean of \( z^T H z \) over random vectors z of entries
 * -1 and 1 (Hutchinson's estimator). Without bias; its variance is twice the sum of squares off the
 * diagonal, so a diagonal operator needs one sample. Holds two vectors. Immutable.
 */
public final class HutchinsonTrace {

  private final int samples;
  private final long seed;

  /** An estimator with 30 samples, from seed 12345. */
  public HutchinsonTrace() {
    this(30, PowerIteration.DEFAULT_SEED);
  }

  private HutchinsonTrace(int samples, long seed) {
    if (samples < 2) {
      throw new IllegalArgumentException(
          "an estimate with its error needs at least 2 samples, not " + samples);
    }
    this.samples = samples;
    this.seed = seed;
  }

  /** This estimator with another number of samples, at least 2. */
  public HutchinsonTrace withSamples(int samples) {
    return new HutchinsonTrace(samples, seed);
  }

  /** This estimator with other random vectors. */
  public HutchinsonTrace withSeed(long seed) {
    return new HutchinsonTrace(samples, seed);
  }

  /**
   * The estimate from all samples.
   *
   * @param operator symmetric; unchanged and not closed
   * @throws ArithmeticException if a product is not finite
   * @throws CancellationException if the thread is interrupted
   */
  public TraceEstimate run(LinearOperator operator) {
    return running(operator).get(samples - 1);
  }

  /**
   * The estimate after each sample, to see how it settles.
   *
   * @param operator symmetric; unchanged and not closed
   * @return one estimate a sample
   * @throws ArithmeticException if a product is not finite
   * @throws CancellationException if the thread is interrupted
   */
  public List<TraceEstimate> running(LinearOperator operator) {
    SplittableRandom random = new SplittableRandom(seed);
    List<TraceEstimate> estimates = new ArrayList<>();
    double mean = 0;
    double squares = 0;
    for (int n = 1; n <= samples; n++) {
      if (Thread.interrupted()) {
        throw new CancellationException("the trace was interrupted after " + (n - 1) + " samples");
      }
      double sample = sample(operator, random);
      if (!Double.isFinite(sample)) {
        throw new ArithmeticException(
            "sample " + n + " of the trace is " + sample + ": are the weights finite?");
      }
      double difference = sample - mean;
      mean += difference / n;
      squares += difference * (sample - mean);
      double error = n == 1 ? Double.NaN : Math.sqrt(squares / (n - 1) / n);
      estimates.add(new TraceEstimate(mean, error, n));
    }
    return List.copyOf(estimates);
  }

  private static double sample(LinearOperator operator, SplittableRandom random) {
    try (ParameterVector probe = StartVectors.rademacher(operator, random);
        ParameterVector product = operator.apply(probe)) {
      return probe.dot(product);
    }
  }
}
