package dev.unrolling.privacy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Privacy risk score (Song and Mittal, USENIX Security 2021; claim 2.8): how probable it is that an
 * example was trained on, judged by the modified entropy H of the answer alone. With histograms of
 * H for each class c, over members and over non-members of a shadow model, and as many of both
 * expected,
 *
 * <p>\( r(x) = \frac{P(H \in \mathrm{bin}(x) \mid \mathrm{member}, c)}{P(H \in \mathrm{bin}(x) \mid
 * \mathrm{member}, c) + P(H \in \mathrm{bin}(x) \mid \mathrm{non\text{-}member}, c)} \)
 *
 * <p>0.5 says nothing, 1 gives membership away. An answer whose bin holds nobody, so that the ratio
 * is 0/0, scores 0.5 and is counted. The bins of a class are cut evenly from the least to the
 * largest value of its members and non-members together; a value beyond the edges falls into the
 * outermost bin.
 *
 * @param spacing of the bins
 * @param histograms one a class, at least one, with edges as the spacing has them
 */
public record PrivacyRiskScore(Spacing spacing, List<ClassHistogram> histograms) {

  /** Number of bins unless said otherwise: that of the authors' scripts. */
  public static final int DEFAULT_BINS = 10;

  /** The least value that logarithmic bins tell from 0. */
  public static final double SMALLEST = 1e-10;

  /** On which scale the bins are cut evenly. */
  public enum Spacing {
    /**
     * Of the logarithm of the value, or of {@link #SMALLEST} if that is larger: the answers of a
     * trained network are spread over many decades near 0. For values of at least 0.
     */
    LOGARITHMIC,
    /** Of the value itself: for raw logits, whose values have any sign. */
    LINEAR
  }

  /**
   * The scores of some examples.
   *
   * @param values 0 to 1, one an example; a copy
   * @param undefined how many of them fell into a bin with nobody in it and stand at 0.5
   */
  public record Scores(double[] values, int undefined) {

    /** Copies. */
    public Scores {
      values = values.clone();
    }

    @Override
    public double[] values() {
      return values.clone();
    }

    /** Mean score. */
    public double mean() {
      return Arrays.stream(values).average().orElseThrow();
    }

    /**
     * Mean over examples of the absolute difference of two scores.
     *
     * @param other of the same examples
     */
    public double meanChange(Scores other) {
      if (other.values.length != values.length) {
        throw new IllegalArgumentException(
            "scores of the same examples are compared, not "
                + values.length
                + " and "
                + other.values.length);
      }
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += Math.abs(values[i] - other.values[i]);
      }
      return sum / values.length;
    }
  }

  /** Copies the list, and checks that there is a class. */
  public PrivacyRiskScore {
    histograms = List.copyOf(histograms);
    if (histograms.isEmpty()) {
      throw new IllegalArgumentException("a score needs the histogram of at least 1 class, not 0");
    }
  }

  /**
   * A score from what a shadow model answers.
   *
   * @param members modified entropies of what it was trained on
   * @param nonMembers of what it was not trained on, of the same classes
   * @param spacing of the bins
   * @param bins a class, at least 1
   * @throws IllegalArgumentException if a class up to the largest label has no member or no
   *     non-member, or a value is negative with logarithmic bins
   */
  public static PrivacyRiskScore of(
      EntropySample members, EntropySample nonMembers, Spacing spacing, int bins) {
    if (bins < 1) {
      throw new IllegalArgumentException("a histogram needs at least 1 bin, not " + bins);
    }
    int classes =
        1
            + Math.max(
                Arrays.stream(members.labels()).max().orElseThrow(),
                Arrays.stream(nonMembers.labels()).max().orElseThrow());
    List<ClassHistogram> histograms = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      double[] in = ofClass(members, label, "member", spacing);
      double[] out = ofClass(nonMembers, label, "non-member", spacing);
      histograms.add(ClassHistogram.of(ClassHistogram.even(bins, in, out), in, out));
    }
    return new PrivacyRiskScore(spacing, histograms);
  }

  private static double[] ofClass(EntropySample sample, int label, String what, Spacing spacing) {
    double[] values = sample.values();
    int[] labels = sample.labels();
    double[] chosen =
        IntStream.range(0, labels.length)
            .filter(i -> labels[i] == label)
            .mapToDouble(i -> scaled(values[i], spacing))
            .toArray();
    if (chosen.length == 0) {
      throw new IllegalArgumentException(
          "class "
              + label
              + " has no "
              + what
              + "; each class needs at least 1 member and 1 non-member, so take more examples");
    }
    return chosen;
  }

  private static double scaled(double value, Spacing spacing) {
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("a modified entropy must be a number, not NaN");
    }
    if (spacing == Spacing.LINEAR) {
      return value;
    }
    if (value < 0) {
      throw new IllegalArgumentException(
          "logarithmic bins take values of at least 0, not "
              + value
              + "; raw logits need linear bins");
    }
    return Math.log(Math.max(value, SMALLEST));
  }

  /**
   * The score of one answer.
   *
   * @param entropy its modified entropy, finite
   * @param label its true class
   * @return 0 to 1
   * @throws IllegalArgumentException if the entropy is not finite, or negative with logarithmic
   *     bins, or there is no such class
   */
  public double score(double entropy, int label) {
    if (!Double.isFinite(entropy)) {
      throw new IllegalArgumentException(
          "a modified entropy must be finite, not " + entropy + "; has training diverged?");
    }
    return histogram(label).score(scaled(entropy, spacing));
  }

  /** The scores of several answers. */
  public Scores scores(EntropySample sample) {
    double[] values = sample.values();
    int[] labels = sample.labels();
    double[] scores = new double[values.length];
    int undefined = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = score(values[i], labels[i]);
      undefined += histogram(labels[i]).isEmptyAt(scaled(values[i], spacing)) ? 1 : 0;
    }
    return new Scores(scores, undefined);
  }

  /** Number of classes. */
  public int classes() {
    return histograms.size();
  }

  /** The edges of a class's bins, rising, as modified entropies. */
  public double[] edges(int label) {
    double[] edges = histogram(label).edges();
    return spacing == Spacing.LINEAR ? edges : Arrays.stream(edges).map(Math::exp).toArray();
  }

  /** Share of a class's members in each bin, of sum 1. */
  public double[] memberShares(int label) {
    return histogram(label).members();
  }

  /** Share of a class's non-members in each bin, of sum 1. */
  public double[] nonMemberShares(int label) {
    return histogram(label).nonMembers();
  }

  /** Number of bins, over all classes, with nobody in them. */
  public int emptyBins() {
    return histograms.stream().mapToInt(ClassHistogram::emptyBins).sum();
  }

  private ClassHistogram histogram(int label) {
    if (label < 0 || label >= histograms.size()) {
      throw new IllegalArgumentException(
          "label " + label + " is outside 0 to " + (histograms.size() - 1));
    }
    return histograms.get(label);
  }
}
