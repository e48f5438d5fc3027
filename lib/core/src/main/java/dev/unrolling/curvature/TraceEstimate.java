package dev.unrolling.curvature;

import org.apache.commons.math3.distribution.TDistribution;

/**
 * An estimate of a trace after some samples.
 *
 * @param mean of the samples
 * @param standardError of that mean; NaN after one sample
 * @param samples taken, one product each
 */
public record TraceEstimate(double mean, double standardError, int samples) {

  /** Half the width of the 95% interval around the mean, by Student's t; NaN after one sample. */
  public double halfWidth95() {
    return samples < 2
        ? Double.NaN
        : standardError * new TDistribution(samples - 1).inverseCumulativeProbability(0.975);
  }

  /** Whether a value lies in the 95% interval around the mean; false after one sample. */
  public boolean contains(double value) {
    return Math.abs(value - mean) <= halfWidth95();
  }
}
