package dev.unrolling.curvature;

import java.util.List;

/**
 * Some eigenpairs of one end of a spectrum. Its vectors are closed with it.
 *
 * @param pairs from the end inwards; at least one
 * @param products how many operator-vector products were taken
 */
public record EigenPairs(List<EigenPair> pairs, int products) implements AutoCloseable {

  /** Copies the list. */
  public EigenPairs {
    pairs = List.copyOf(pairs);
  }

  /** The outermost pair. */
  public EigenPair first() {
    return pairs.get(0);
  }

  /** The eigenvalues, from the end inwards. */
  public List<Double> values() {
    return pairs.stream().map(EigenPair::value).toList();
  }

  /** Whether every pair is within the tolerance. */
  public boolean converged() {
    return pairs.stream().allMatch(EigenPair::converged);
  }

  @Override
  public void close() {
    pairs.forEach(EigenPair::close);
  }
}
