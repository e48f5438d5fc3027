package dev.unrolling.curvature;

import dev.unrolling.engine.LinearOperator;
import dev.unrolling.engine.ParameterVector;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The density of a symmetric operator's eigenvalues, as the mean over probes of discrete measures
 * of mass 1 (stochastic Lanczos quadrature). Smoothed with a Gaussian it can be drawn.
 *
 * @param size number of eigenvalues p
 * @param probes the measures; at least one
 */
public record SpectralDensity(long size, List<Probe> probes) {

  /**
   * A point of a measure.
   *
   * @param value near an eigenvalue where the spectrum is thin
   * @param weight share of the spectrum that it stands for, at least 0
   */
  public record Node(double value, double weight) {}

  /**
   * What one random vector saw.
   *
   * @param nodes whose weights sum to 1
   * @param products taken for it
   */
  public record Probe(List<Node> nodes, int products) {

    /** Copies the list. */
    public Probe {
      nodes = List.copyOf(nodes);
    }

    private double integral(DoubleUnaryOperator function) {
      return nodes.stream()
          .mapToDouble(node -> node.weight() * function.applyAsDouble(node.value()))
          .sum();
    }
  }

  /** Copies the list and checks that there is a probe. */
  public SpectralDensity {
    probes = List.copyOf(probes);
    if (probes.isEmpty()) {
      throw new IllegalArgumentException("a density needs at least 1 probe");
    }
  }

  /** That which {@link Lanczos#density} gives, its probes drawn from a generator. */
  static SpectralDensity of(
      LinearOperator operator, int probes, int products, SplittableRandom random) {
    List<Probe> measures = new ArrayList<>();
    for (int i = 0; i < probes; i++) {
      ParameterVector start = StartVectors.rademacher(operator, random);
      try (KrylovBasis basis = new KrylovBasis(operator, start, random)) {
        do {
          basis.extend();
        } while (basis.size() < products && !basis.blockIsExhausted());
        measures.add(
            new Probe(
                basis.ritzPairs().stream()
                    .map(
                        pair ->
                            new Node(pair.value(), pair.coefficients()[0] * pair.coefficients()[0]))
                    .toList(),
                basis.size()));
      }
    }
    return new SpectralDensity(operator.size(), measures);
  }

  /** Operator-vector products taken in all. */
  public int products() {
    return probes.stream().mapToInt(Probe::products).sum();
  }

  /** Smallest value seen: not below the smallest eigenvalue, but for rounding. */
  public double smallest() {
    return nodeValues().min().orElseThrow();
  }

  /** Largest value seen: not above the largest eigenvalue, but for rounding. */
  public double largest() {
    return nodeValues().max().orElseThrow();
  }

  private DoubleStream nodeValues() {
    return probes.stream().flatMap(probe -> probe.nodes().stream()).mapToDouble(Node::value);
  }

  /** Mean of a function over the spectrum, which is trace f(H) / p. */
  public double mean(DoubleUnaryOperator function) {
    return perProbe(function).average().orElseThrow();
  }

  /**
   * Standard error over the probes of {@link #mean}; NaN with a single probe, which tells nothing
   * of the spread.
   */
  public double standardError(DoubleUnaryOperator function) {
    double mean = mean(function);
    double squares = perProbe(function).map(value -> (value - mean) * (value - mean)).sum();
    int n = probes.size();
    return n == 1 ? Double.NaN : Math.sqrt(squares / (n - 1) / n);
  }

  private DoubleStream perProbe(DoubleUnaryOperator function) {
    return probes.stream().mapToDouble(probe -> probe.integral(function));
  }

  /** Share of the eigenvalues that are at most x, 0 to 1. */
  public double shareUpTo(double x) {
    return mean(value -> value <= x ? 1 : 0);
  }

  /**
   * The density at x, each node spread as a Gaussian. It integrates to 1 over x.
   *
   * @param x where
   * @param width standard deviation of the Gaussian, positive
   */
  public double at(double x, double width) {
    checkWidth(width);
    return mean(
        value -> {
          double z = (x - value) / width;
          return Math.exp(-z * z / 2) / (width * Math.sqrt(2 * Math.PI));
        });
  }

  /**
   * The density on an even grid from four widths below the smallest value seen to four above the
   * largest.
   *
   * @param points at least 2
   * @param width standard deviation of the Gaussian, positive
   */
  public Curve onGrid(int points, double width) {
    checkWidth(width);
    if (points < 2) {
      throw new IllegalArgumentException("a grid needs at least 2 points, not " + points);
    }
    double from = smallest() - 4 * width;
    double step = (largest() + 4 * width - from) / (points - 1);
    List<Double> x = IntStream.range(0, points).mapToObj(i -> from + i * step).toList();
    return new Curve(x, x.stream().map(value -> at(value, width)).toList());
  }

  /**
   * A density on a grid.
   *
   * @param x increasing, in the unit of the eigenvalues
   * @param density at each x, in one over that unit
   */
  public record Curve(List<Double> x, List<Double> density) {

    /** Copies the lists. */
    public Curve {
      x = List.copyOf(x);
      density = List.copyOf(density);
    }
  }

  private static void checkWidth(double width) {
    if (!(width > 0) || Double.isInfinite(width)) {
      throw new IllegalArgumentException("width must be finite and positive, not " + width);
    }
  }
}
