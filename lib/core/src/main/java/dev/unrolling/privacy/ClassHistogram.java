package dev.unrolling.privacy;

import java.util.Arrays;

/**
 * How the modified entropies of one class spread over bins, for members and for non-members of a
 * training set. The bins are the same for both.
 *
 * @param edges of the bins on the scale on which they are cut, rising, one more than there are
 *     bins; a bin holds its lower edge, the last one both
 * @param members share of the members in each bin, of sum 1
 * @param nonMembers share of the non-members in each bin, of sum 1
 */
public record ClassHistogram(double[] edges, double[] members, double[] nonMembers) {

  private static final double SUM_TOLERANCE = 1e-6;

  /** Copies, and checks the lengths, that the edges rise and that shares are shares. */
  public ClassHistogram {
    if (members.length < 1
        || nonMembers.length != members.length
        || edges.length != members.length + 1) {
      throw new IllegalArgumentException(
          "a histogram has at least 1 bin, as many for members as for non-members, and 1 edge"
              + " more, not "
              + members.length
              + ", "
              + nonMembers.length
              + " and "
              + edges.length);
    }
    edges = edges.clone();
    members = members.clone();
    nonMembers = nonMembers.clone();
    for (int bin = 0; bin < members.length; bin++) {
      if (!(edges[bin] <= edges[bin + 1])) {
        throw new IllegalArgumentException(
            "the edges of bins must rise, not " + Arrays.toString(edges));
      }
    }
    checkShares(members);
    checkShares(nonMembers);
  }

  private static void checkShares(double[] shares) {
    double sum = Arrays.stream(shares).sum();
    if (!Arrays.stream(shares).allMatch(share -> share >= 0)
        || !(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new IllegalArgumentException(
          "the shares of the bins must be at least 0 and sum to 1, not " + Arrays.toString(shares));
    }
  }

  @Override
  public double[] edges() {
    return edges.clone();
  }

  @Override
  public double[] members() {
    return members.clone();
  }

  @Override
  public double[] nonMembers() {
    return nonMembers.clone();
  }

  static ClassHistogram of(double[] edges, double[] members, double[] nonMembers) {
    return new ClassHistogram(edges, shares(edges, members), shares(edges, nonMembers));
  }

  private static double[] shares(double[] edges, double[] values) {
    double[] shares = new double[edges.length - 1];
    for (double value : values) {
      shares[bin(edges, value)] += 1.0 / values.length;
    }
    return shares;
  }

  /** The bin of a value; one outside the edges falls into the nearest. */
  private static int bin(double[] edges, double value) {
    int bins = edges.length - 1;
    int bin = 0;
    while (bin < bins - 1 && value >= edges[bin + 1]) {
      bin++;
    }
    return bin;
  }

  /** Whether nobody is in the bin of a value. */
  boolean isEmptyAt(double value) {
    return isEmpty(bin(edges, value));
  }

  /** Number of bins with nobody in them. */
  int emptyBins() {
    int empty = 0;
    for (int bin = 0; bin < members.length; bin++) {
      empty += isEmpty(bin) ? 1 : 0;
    }
    return empty;
  }

  private boolean isEmpty(int bin) {
    return members[bin] + nonMembers[bin] == 0;
  }

  /** P(bin | member) / (P(bin | member) + P(bin | non-member)); 0.5 in an empty bin. */
  double score(double value) {
    int bin = bin(edges, value);
    return isEmpty(bin) ? 0.5 : members[bin] / (members[bin] + nonMembers[bin]);
  }

  /** Evenly cut edges from the least to the largest of all values. */
  static double[] even(int bins, double[] one, double[] other) {
    double low = Math.min(min(one), min(other));
    double high = Math.max(max(one), max(other));
    double[] edges = new double[bins + 1];
    for (int i = 0; i < bins; i++) {
      edges[i] = low + (high - low) * i / bins;
    }
    edges[bins] = high;
    return edges;
  }

  private static double min(double[] values) {
    return Arrays.stream(values).min().orElseThrow();
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }
}
