package dev.unrolling.privacy;

import java.util.Arrays;

/**
 * Area under the receiver operating characteristic of an attack: how often a member scores above a
 * non-member, a tie counted as half (Mann and Whitney, Annals of Mathematical Statistics 1947). 0.5
 * is chance.
 */
public final class AreaUnderCurve {

  private AreaUnderCurve() {}

  /**
   * The area, 0 to 1.
   *
   * @param members scores of members, at least one, no NaN
   * @param nonMembers of non-members, at least one, no NaN
   * @throws IllegalArgumentException if there are none, or a score is NaN
   */
  public static double of(double[] members, double[] nonMembers) {
    double[] sorted = sorted(nonMembers, "non-member");
    double[] in = sorted(members, "member");
    double wins = 0;
    int below = 0;
    int notAbove = 0;
    for (double score : in) {
      while (below < sorted.length && sorted[below] < score) {
        below++;
      }
      while (notAbove < sorted.length && sorted[notAbove] <= score) {
        notAbove++;
      }
      wins += 0.5 * (below + notAbove);
    }
    return wins / ((double) in.length * sorted.length);
  }

  private static double[] sorted(double[] scores, String what) {
    double[] copy = scores.clone();
    Arrays.sort(copy);
    if (copy.length == 0 || Double.isNaN(copy[copy.length - 1])) {
      throw new IllegalArgumentException(
          "an area under the curve needs the score of at least 1 "
              + what
              + " and no NaN, not "
              + (copy.length == 0 ? "none" : "NaN"));
    }
    return copy;
  }
}
